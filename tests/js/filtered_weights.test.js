// The weights after a filter, compared with plain loops over the golden trace's weights.

import assert from "node:assert/strict";
import test from "node:test";
import { parseFilter } from "../../assets/core/data/filter.js";
import { weightsOf } from "../../assets/core/formula/attention.js";
import { componentFilter, FilteredWeights } from "../../assets/core/formula/filtered_weights.js";
import { addHiddenLines, NO_LINES } from "../../assets/core/formula/hidden_lines.js";
import { goldenTrace } from "./golden.js";

const FILTERS = [
  "special",
  "first,2",
  "first,renormalize",
  "min=0.1",
  "first,mass=0.6,renormalize",
];

const range = (length) => [...Array(length).keys()];

/** The filtered weights of heads, by plain loops: `[query][key]`. */
function plainWeights(layer, heads, { hidden, renormalize, minWeight, mass }) {
  return range(layer.num_queries).map((position) => {
    const rows = heads.map((head) => {
      const row = [...weightsOf(layer, head, { axis: "query", position })];
      const kept = row.map((weight, key) => (hidden[key] ? 0 : weight));
      const sum = kept.reduce((total, weight) => total + weight, 0);
      return renormalize && sum > 0 ? kept.map((weight) => weight / sum) : kept;
    });
    const mean = rows[0].map(
      (_, key) => rows.reduce((sum, row) => sum + row[key], 0) / rows.length,
    );
    const total = mean.reduce((sum, weight) => sum + weight, 0);
    return mean.map((weight) => {
      const larger = mean.filter((each) => each > weight).reduce((sum, each) => sum + each, 0);
      const isShown = weight >= minWeight && (mass === 1 || larger < mass * total || larger === 0);
      return isShown ? weight : 0;
    });
  });
}

/** A layer of the golden trace and a filter for its keys. */
async function filtered(t, component, number, text) {
  const trace = await goldenTrace(t);
  const layer = await trace.layer(component, number);
  return { layer, filter: componentFilter(parseFilter(text), trace, component) };
}

for (const [component, number] of [
  ["encoder", 3],
  ["decoder", 3],
  ["cross", 1],
]) {
  for (const text of FILTERS) {
    test(`${component}, ${text}: rows and columns equal plain loops`, async (t) => {
      const { layer, filter } = await filtered(t, component, number, text);
      for (const heads of [[1], [0, 2, 3]]) {
        const expected = plainWeights(layer, heads, filter);
        const weights = new FilteredWeights(layer, heads, filter);
        for (const position of range(layer.num_queries)) {
          assertClose(weights.weightsOf({ axis: "query", position }), expected[position]);
        }
        for (const position of range(layer.num_keys)) {
          const column = expected.map((row) => row[position]);
          assertClose(weights.weightsOf({ axis: "key", position }), column);
        }
      }
    });
  }
}

function assertClose(found, expected) {
  assert.equal(found.length, expected.length);
  for (const [at, weight] of expected.entries()) {
    assert.ok(Math.abs(found[at] - weight) < 1e-6, `${found} instead of ${expected}`);
  }
}

test("a column shows a row of a relative threshold once the row is known", async (t) => {
  const { layer, filter } = await filtered(t, "encoder", 0, "mass=0.9");
  const weights = new FilteredWeights(layer, [0], filter);
  const column = () => weights.weightsOf({ axis: "key", position: 1 });
  assert.ok(column().every((weight) => weight === 0));
  const row = weights.weightsOf({ axis: "query", position: 2 });
  const shown = [...column().keys()].filter((query) => column()[query] > 0);
  assert.deepEqual(shown, row[1] > 0 ? [2] : []);
});

test("a column of hidden keys and of an absolute threshold needs no row", async (t) => {
  const { layer, filter } = await filtered(t, "encoder", 0, "2,min=0.05");
  const weights = new FilteredWeights(layer, [0], filter);
  const plain = weightsOf(layer, 0, { axis: "key", position: 1 });
  const expected = [...plain].map((weight) => (weight >= 0.05 ? weight : 0));
  assertClose(weights.weightsOf({ axis: "key", position: 1 }), expected);
  assert.ok(weights.weightsOf({ axis: "key", position: 2 }).every((weight) => weight === 0));
});

test("hidden lines are counted, and their weights summed", () => {
  const all = Float32Array.of(0.5, 0.25, 0.25, 0);
  const one = addHiddenLines(NO_LINES, all, Float32Array.of(0.5, 0, 0.25, 0), 0.1);
  assert.deepEqual(one, { lines: 3, hiddenLines: 1, weight: 1, hiddenWeight: 0.25 });
  const two = addHiddenLines(one, all, Float32Array.of(0, 0, 0, 0), 0.3);
  assert.deepEqual(two, { lines: 4, hiddenLines: 2, weight: 2, hiddenWeight: 1.25 });
});

test("a filter that hides nothing is no filter", async (t) => {
  const trace = await goldenTrace(t);
  assert.equal(componentFilter(parseFilter("min=0,mass=1"), trace, "encoder"), null);
});
