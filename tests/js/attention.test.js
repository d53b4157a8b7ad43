// Compares the formula in JavaScript with the weights that plain loops in Python computed for the
// golden trace.

import assert from "node:assert/strict";
import test from "node:test";
import { decodeSafetensors } from "../../assets/core/data/safetensors.js";
import {
  logWeightsOf,
  scaledDotProducts,
  scoreTerms,
  sinkWeight,
  weightsOf,
} from "../../assets/core/formula/attention.js";
import { isAllowed } from "../../assets/core/formula/mask.js";
import { keyVector, queryVector } from "../../assets/core/formula/vectors.js";
import { goldenTrace, readGolden } from "./golden.js";

/** @typedef {import("../../assets/core/data/wire.js").Component} Component */

/** The tolerance of the law in bertviz_space/trace/attention.py. */
const TOLERANCE = 1e-5;

const expected = decodeSafetensors(await readGolden("weights.safetensors"));

/**
 * The weights of all positions of an axis.
 * @param {"query" | "key"} axis
 * @param {number} count
 * @param {import("../../assets/core/data/wire.js").LayerAttention} layer
 * @param {number} head
 */
function allWeights(axis, count, layer, head) {
  return Array.from({ length: count }, (_, position) => weightsOf(layer, head, { axis, position }));
}

/** @param {Float32Array} row */
const sum = (row) => row.reduce((total, weight) => total + weight, 0);

for (const [name, { shape, data }] of expected) {
  const [component, number] = /** @type {[Component, string]} */ (name.split("-"));

  test(`the weights of ${component} layer ${number} equal those of Python`, async (t) => {
    const layer = await (await goldenTrace(t)).layer(component, Number(number));
    const [numHeads, numQueries, numKeys] = shape;
    assert.deepEqual([layer.num_heads, layer.num_queries, layer.num_keys], shape);
    for (let head = 0; head < numHeads; head++) {
      const rows = allWeights("query", numQueries, layer, head);
      const columns = allWeights("key", numKeys, layer, head);
      for (let query = 0; query < numQueries; query++) {
        for (let key = 0; key < numKeys; key++) {
          const python = data[(head * numQueries + query) * numKeys + key];
          for (const weight of [rows[query][key], columns[key][query]]) {
            const cell = `head ${head}, query ${query}, key ${key}`;
            assert.ok(Math.abs(weight - python) <= TOLERANCE, `${cell}: ${weight} for ${python}`);
          }
        }
      }
    }
  });
}

test("the logarithm of a weight is -Infinity if the key is not allowed", async (t) => {
  const layer = await (await goldenTrace(t)).layer("decoder", 2);
  const token = /** @type {const} */ ({ axis: "query", position: 3 });
  const weights = weightsOf(layer, 1, token);
  logWeightsOf(layer, 1, token).forEach((log, key) => {
    assert.equal(Math.fround(Math.exp(log)), weights[key]);
    assert.equal(log === -Infinity, !isAllowed(layer, 1, 3, key));
  });
});

test("computing weights does not change query and key", async (t) => {
  const layer = await (await goldenTrace(t)).layer("decoder", 1);
  const before = [layer.query.slice(), layer.key.slice()];
  weightsOf(layer, 3, { axis: "query", position: 1 });
  weightsOf(layer, 3, { axis: "key", position: 1 });
  assert.deepEqual([layer.query, layer.key], before);
});

test("a scaled dot product is the scaling times the sum of products", async (t) => {
  const layer = await (await goldenTrace(t)).layer("cross", 0);
  const [head, query, key] = [2, 3, 5];
  const q = queryVector(layer, head, query);
  const k = keyVector(layer, head, key);
  const dot = q.reduce((total, value, dim) => total + value * k[dim], 0);
  const product = scaledDotProducts(layer, head, query)[key];
  assert.equal(product, Math.fround(layer.scaling * dot));
});

test("the terms of a score add up to the score", async (t) => {
  const trace = await goldenTrace(t);
  for (const { component, layers } of trace.manifest.components) {
    for (const { layer: number } of layers) {
      const layer = await trace.layer(component, number);
      const { products, capped, bias, scores } = scoreTerms(layer, 2, 3);
      assert.equal(capped === null, layer.softcap === null);
      scores.forEach((score, key) => {
        if (!isAllowed(layer, 2, 3, key)) {
          assert.equal(score, -Infinity);
          return;
        }
        const cap = layer.softcap;
        const expectedProduct = cap === null ? products[key] : cap * Math.tanh(products[key] / cap);
        assert.ok(Math.abs((capped ?? products)[key] - expectedProduct) < 1e-6);
        assert.ok(Math.abs(score - expectedProduct - (bias?.[key] ?? 0)) < 1e-6);
      });
    }
  }
  const withoutBias = scoreTerms(await trace.layer("cross", 0), 0, 0);
  assert.deepEqual([withoutBias.capped, withoutBias.bias], [null, null]);
});

test("the weights of a query and the weight of its sink sum to one", async (t) => {
  const trace = await goldenTrace(t);
  const layer = await trace.layer("decoder", 1);
  for (let query = 0; query < layer.num_queries; query++) {
    const rest = 1 - sum(weightsOf(layer, 1, { axis: "query", position: query }));
    assert.ok(rest > 0.01);
    assert.ok(Math.abs(sinkWeight(layer, 1, query) - rest) < 1e-6);
  }
  assert.equal(sinkWeight(await trace.layer("decoder", 0), 1, 2), 0);
});

test("a query that may attend to no key has only zero weights", async (t) => {
  const layer = await (await goldenTrace(t)).layer("encoder", 0);
  const row = weightsOf(layer, 0, { axis: "query", position: 3 });
  assert.deepEqual([...row], Array(layer.num_keys).fill(0));
});

test("every row of every layer sums to one minus the sink's weight, or to zero", async (t) => {
  const trace = await goldenTrace(t);
  for (const { component, layers } of trace.manifest.components) {
    for (const { layer: number } of layers) {
      const layer = await trace.layer(component, number);
      for (let query = 0; query < layer.num_queries; query++) {
        const row = weightsOf(layer, 2, { axis: "query", position: query });
        const hasKeys = row.some((_, key) => isAllowed(layer, 2, query, key));
        const total = hasKeys ? 1 - sinkWeight(layer, 2, query) : 0;
        assert.ok(Math.abs(sum(row) - total) < TOLERANCE, `${component} ${number}, ${query}`);
      }
    }
  }
});
