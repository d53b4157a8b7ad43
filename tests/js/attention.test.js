// The formula in JavaScript against the weights that Python's plain loops gave for the golden trace.

import assert from "node:assert/strict";
import test from "node:test";
import {
  headWeights,
  hiddenBy,
  isAllowed,
  keyHead,
  keyVector,
  queryVector,
  scaledDotProducts,
  scoreRow,
  scoreTerms,
  sinkWeight,
  softmax,
} from "../../assets/core/attention.js";
import { decodeSafetensors } from "../../assets/core/safetensors.js";
import { goldenTrace, readGolden } from "./golden.js";

/** @typedef {import("../../assets/core/trace.js").Component} Component */

/** The law of bertviz_space/attention.py. */
const TOLERANCE = 1e-5;

const expected = decodeSafetensors(await readGolden("weights.safetensors"));

for (const [name, { shape, data }] of expected) {
  const [component, number] = /** @type {[Component, string]} */ (name.split("-"));

  test(`the weights of ${component} layer ${number} are those of Python`, async (t) => {
    const layer = await (await goldenTrace(t)).layer(component, Number(number));
    const [numHeads, numQueries, numKeys] = shape;
    assert.deepEqual([layer.num_heads, layer.num_queries, layer.num_keys], shape);
    for (let head = 0; head < numHeads; head++) {
      const weights = headWeights(layer, head);
      const size = numQueries * numKeys;
      assert.equal(weights.length, size);
      const python = data.subarray(head * size, (head + 1) * size);
      weights.forEach((weight, place) => {
        const difference = Math.abs(weight - python[place]);
        assert.ok(difference <= TOLERANCE, `head ${head}, place ${place}: off by ${difference}`);
      });
    }
  });
}

test("a head's weights are computed once", async (t) => {
  const layer = await (await goldenTrace(t)).layer("encoder", 0);
  assert.equal(headWeights(layer, 1), headWeights(layer, 1));
  assert.notEqual(headWeights(layer, 1), headWeights(layer, 0));
});

test("computing weights leaves query and key as they were", async (t) => {
  const layer = await (await goldenTrace(t)).layer("decoder", 1);
  const before = [layer.query.slice(), layer.key.slice()];
  headWeights(layer, 3);
  assert.deepEqual([layer.query, layer.key], before);
});

test("a scaled dot product is the factor times the sum of products", async (t) => {
  const layer = await (await goldenTrace(t)).layer("cross", 0);
  const [head, query, key] = [2, 3, 5];
  const q = queryVector(layer, head, query);
  const k = keyVector(layer, head, key);
  assert.equal(q.length, layer.head_dim);
  const sum = q.reduce((total, value, dim) => total + value * k[dim], 0);
  assert.equal(scaledDotProducts(layer, head, query)[key], Math.fround(layer.scaling * sum));
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
    const row = scoreRow(layer, 0, query);
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
    return Array.from({ length: layer.num_keys }, (_, key) => hiddenBy(layer, 0, query, key));
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
    const begin = query * layer.num_keys;
    const row = headWeights(layer, 1).subarray(begin, begin + layer.num_keys);
    const rest = 1 - row.reduce((sum, each) => sum + each, 0);
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
  const row = headWeights(layer, 0).subarray(3 * layer.num_keys, 4 * layer.num_keys);
  assert.deepEqual([...row], Array(layer.num_keys).fill(0));
});

test("a row sums to one, and to less with a sink", () => {
  const total = (/** @type {Float32Array} */ row) => row.reduce((sum, each) => sum + each, 0);
  const without = Float32Array.of(1, 2, 3);
  softmax(without);
  assert.ok(Math.abs(total(without) - 1) < 1e-6);
  const withSink = Float32Array.of(1, 2, 3);
  softmax(withSink, 3);
  const share = Math.exp(3) / (Math.exp(1) + Math.exp(2) + 2 * Math.exp(3));
  assert.ok(Math.abs(1 - total(withSink) - share) < 1e-6);
});

test("a sink takes all where no key may be seen", () => {
  const row = Float32Array.of(-Infinity, -Infinity);
  softmax(row, 2);
  assert.deepEqual([...row], [0, 0]);
});

test("scores of any size make finite weights", () => {
  const row = Float32Array.of(1e6, -1e6, 1e6);
  softmax(row);
  assert.deepEqual([...row], [0.5, 0, 0.5]);
  const withSink = Float32Array.of(-1e6, -1e6);
  softmax(withSink, 1e6);
  assert.deepEqual([...withSink], [0, 0]);
});
