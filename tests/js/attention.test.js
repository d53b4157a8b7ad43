// The formula in JavaScript against the weights that Python's plain loops gave for the golden trace.

import assert from "node:assert/strict";
import test from "node:test";
import { decodeSafetensors } from "../../assets/core/data/safetensors.js";
import {
  isAllowed,
  keyHead,
  keyVector,
  logWeightsOf,
  maskReason,
  queryVector,
  scaledDotProducts,
  scoreTerms,
  sinkWeight,
  weightsOf,
} from "../../assets/core/formula/attention.js";
import { goldenTrace, readGolden } from "./golden.js";

/** @typedef {import("../../assets/core/data/wire.js").Component} Component */

/** The law of bertviz_space/trace/attention.py. */
const TOLERANCE = 1e-5;

const expected = decodeSafetensors(await readGolden("weights.safetensors"));

/**
 * The weights of all places of an axis.
 * @param {"query" | "key"} axis
 * @param {number} count
 * @param {import("../../assets/core/data/wire.js").LayerAttention} layer
 * @param {number} head
 */
function allOf(axis, count, layer, head) {
  return Array.from({ length: count }, (_, position) => weightsOf(layer, head, { axis, position }));
}

/** @param {Float32Array} row */
const total = (row) => row.reduce((sum, each) => sum + each, 0);

for (const [name, { shape, data }] of expected) {
  const [component, number] = /** @type {[Component, string]} */ (name.split("-"));

  test(`the weights of ${component} layer ${number} are those of Python`, async (t) => {
    const layer = await (await goldenTrace(t)).layer(component, Number(number));
    const [numHeads, numQueries, numKeys] = shape;
    assert.deepEqual([layer.num_heads, layer.num_queries, layer.num_keys], shape);
    for (let head = 0; head < numHeads; head++) {
      const ofQueries = allOf("query", numQueries, layer, head);
      const ofKeys = allOf("key", numKeys, layer, head);
      for (let query = 0; query < numQueries; query++) {
        for (let key = 0; key < numKeys; key++) {
          const python = data[(head * numQueries + query) * numKeys + key];
          // Both ways to one weight: along its row, and along its column.
          for (const weight of [ofQueries[query][key], ofKeys[key][query]]) {
            const place = `head ${head}, query ${query}, key ${key}`;
            assert.ok(Math.abs(weight - python) <= TOLERANCE, `${place}: ${weight} for ${python}`);
          }
        }
      }
    }
  });
}

test("a logarithm is that of the weight, and none where a key may not be seen", async (t) => {
  const layer = await (await goldenTrace(t)).layer("decoder", 2);
  const place = /** @type {const} */ ({ axis: "query", position: 3 });
  const weights = weightsOf(layer, 1, place);
  logWeightsOf(layer, 1, place).forEach((log, key) => {
    assert.equal(Math.fround(Math.exp(log)), weights[key]);
    assert.equal(log === -Infinity, !isAllowed(layer, 1, 3, key));
  });
});

test("computing weights leaves query and key as they were", async (t) => {
  const layer = await (await goldenTrace(t)).layer("decoder", 1);
  const before = [layer.query.slice(), layer.key.slice()];
  weightsOf(layer, 3, { axis: "query", position: 1 });
  weightsOf(layer, 3, { axis: "key", position: 1 });
  assert.deepEqual([layer.query, layer.key], before);
});

test("a scaled dot product is the factor times the sum of products", async (t) => {
  const layer = await (await goldenTrace(t)).layer("cross", 0);
  const [head, query, key] = [2, 3, 5];
  const q = queryVector(layer, head, query);
  const k = keyVector(layer, head, key);
  assert.equal(q.length, layer.head_dim);
  const sum = q.reduce((total, value, dim) => total + value * k[dim], 0);
  const product = scaledDotProducts(layer, head, query)[key];
  assert.equal(product, Math.fround(layer.scaling * sum));
});

test("query heads share key heads in order", async (t) => {
  // Four query heads, two key heads: 0 and 1 use the first, 2 and 3 the second.
  const layer = await (await goldenTrace(t)).layer("encoder", 0);
  const heads = [0, 1, 2, 3].map((head) => keyVector(layer, head, 4));
  assert.deepEqual(heads[0], heads[1]);
  assert.deepEqual(heads[2], heads[3]);
  assert.notDeepEqual(heads[1], heads[2]);
  assert.deepEqual(
    [0, 1, 2, 3].map((head) => keyHead(layer, head)),
    [0, 0, 1, 1],
  );
});

test("a causal query sees keys up to its own position", async (t) => {
  const layer = await (await goldenTrace(t)).layer("decoder", 0);
  for (let query = 0; query < layer.num_queries; query++) {
    const row = scoreTerms(layer, 0, query).scores;
    for (let key = 0; key < layer.num_keys; key++) {
      assert.equal(isAllowed(layer, 0, query, key), key <= query);
      assert.equal(row[key] === -Infinity, key > query);
    }
  }
});

test("what hides a key has a name", async (t) => {
  const trace = await goldenTrace(t);
  const namesOf = async (
    /** @type {Component} */ component,
    /** @type {number} */ number,
    /** @type {number} */ query,
  ) => {
    const layer = await trace.layer(component, number);
    return Array.from({ length: layer.num_keys }, (_, key) => maskReason(layer, 0, query, key));
  };
  const [seen, later, far, mask] = [null, "later", "outside", "mask"];
  assert.deepEqual(await namesOf("decoder", 0, 1), [seen, seen, later, later, later]);
  assert.deepEqual(await namesOf("decoder", 2, 3), [far, far, seen, seen, later]);
  assert.deepEqual(await namesOf("encoder", 3, 3), [far, seen, seen, seen, seen, seen, far]);
  assert.deepEqual(await namesOf("encoder", 0, 3), Array(7).fill(mask));
  // A causal mask with holes: what is later is called so all the same.
  assert.deepEqual(await namesOf("decoder", 3, 3), [seen, mask, seen, mask, later]);
});

test("the terms of a score add up to it", async (t) => {
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
        const bent = cap === null ? products[key] : cap * Math.tanh(products[key] / cap);
        assert.ok(Math.abs((capped ?? products)[key] - bent) < 1e-6);
        assert.ok(Math.abs(score - bent - (bias?.[key] ?? 0)) < 1e-6);
      });
    }
  }
  const withoutBias = scoreTerms(await trace.layer("cross", 0), 0, 0);
  assert.deepEqual([withoutBias.capped, withoutBias.bias], [null, null]);
});

test("a sink takes what the keys leave", async (t) => {
  const trace = await goldenTrace(t);
  const layer = await trace.layer("decoder", 1);
  for (let query = 0; query < layer.num_queries; query++) {
    const rest = 1 - total(weightsOf(layer, 1, { axis: "query", position: query }));
    assert.ok(rest > 0.01);
    assert.ok(Math.abs(sinkWeight(layer, 1, query) - rest) < 1e-6);
  }
  assert.equal(sinkWeight(await trace.layer("decoder", 0), 1, 2), 0);
});

test("a mask can differ from head to head", async (t) => {
  const layer = await (await goldenTrace(t)).layer("encoder", 2);
  const masks = [0, 1, 2, 3].map((head) =>
    Array.from({ length: layer.num_keys }, (_, key) => isAllowed(layer, head, 1, key)),
  );
  assert.ok(masks.some((mask) => JSON.stringify(mask) !== JSON.stringify(masks[0])));
});

test("a query that may see no key has a row of zeros", async (t) => {
  const layer = await (await goldenTrace(t)).layer("encoder", 0);
  const row = weightsOf(layer, 0, { axis: "query", position: 3 });
  assert.deepEqual([...row], Array(layer.num_keys).fill(0));
});

test("a row sums to one, and to what the sink leaves", async (t) => {
  const trace = await goldenTrace(t);
  for (const { component, layers } of trace.manifest.components) {
    for (const { layer: number } of layers) {
      const layer = await trace.layer(component, number);
      for (let query = 0; query < layer.num_queries; query++) {
        const row = weightsOf(layer, 2, { axis: "query", position: query });
        const canSee = row.some((_, key) => isAllowed(layer, 2, query, key));
        const left = canSee ? 1 - sinkWeight(layer, 2, query) : 0;
        assert.ok(Math.abs(total(row) - left) < TOLERANCE, `${component} ${number}, ${query}`);
      }
    }
  }
});
