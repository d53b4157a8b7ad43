// The lines of the mean over heads, compared with a float64 mean of the heads' weights.

import assert from "node:assert/strict";
import test from "node:test";
import { openTrace } from "../../assets/core/data/open_trace.js";
import { weightsOf } from "../../assets/core/formula/attention.js";
import { HeadLines, MIN_OPACITY } from "../../assets/core/geometry/head_lines.js";
import { numRows, rowsOf } from "../../assets/core/geometry/rows.js";
import { goldenTrace } from "./golden.js";
import { madeTokens, serveMade } from "./made_trace.js";
import { weightsOfMade } from "./made_weights.js";
import { goldenWeights } from "./plain_formula.js";

/** Numbers from 0 to 1, the same ones for a seed (a linear congruential generator). */
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (1664525 * state + 1013904223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** A layer with random vectors, some of which are long, so that some weights are tiny. */
function randomLayer(random) {
  const numHeads = 1 + Math.floor(7 * random());
  const numTokens = 2 + Math.floor(20 * random());
  const vectors = () => {
    const length = 6 * random();
    return Array.from({ length: numHeads }, () =>
      Array.from({ length: numTokens }, () =>
        Array.from({ length: 4 }, () => length * (random() - 0.5)),
      ),
    );
  };
  return { query: vectors(), key: vectors() };
}

/** The mean of a row of weights, or of a column, in double precision. */
function meanRow(weights, heads, axis, position) {
  const rows = heads.map((head) =>
    axis === "query" ? weights[head][position] : weights[head].map((row) => row[position]),
  );
  return rows[0].map((_, at) => rows.reduce((sum, row) => sum + row[at], 0) / heads.length);
}

function assertRow(lines, expected, axis, row) {
  const weights = lines.weightsOfRow(axis, row);
  assert.equal(weights.length, expected.length);
  for (const [at, weight] of weights.entries()) {
    assert.ok(Math.abs(weight - expected[at]) < 1e-5, `${weight} instead of ${expected[at]}`);
  }
  const drawn = lines.linesOfRow(axis, row);
  const visible = [...weights.keys()].filter((at) => weights[at] >= MIN_OPACITY);
  assert.deepEqual([...drawn.others], visible);
  assert.deepEqual(
    [...drawn.weights],
    visible.map((at) => weights[at]),
  );
}

test("lines of random traces have the mean weight over the heads", async (t) => {
  const random = randomNumbers(1);
  for (let round = 0; round < 20; round++) {
    const made = randomLayer(random);
    const tokens = madeTokens(made.query[0].length);
    const trace = await openTrace(serveMade(t, tokens, [made]).url);
    const layer = await trace.layer("self", 0);
    const weights = weightsOfMade(made);
    const all = [...weights.keys()];
    const some = all.filter(() => random() < 0.5);
    const rows = rowsOf(tokens, [0, tokens.length], 1);
    for (const heads of [all, some.length ? some : all.slice(-1)]) {
      const lines = new HeadLines(layer, heads, rows, rows);
      for (const axis of ["query", "key"]) {
        for (const position of tokens.keys()) {
          assertRow(lines, meanRow(weights, heads, axis, position), axis, position);
        }
      }
    }
  }
});

test("masks, biases and shared key heads are those of each head", async (t) => {
  const trace = await goldenTrace(t);
  for (const { component, layers } of trace.manifest.components) {
    for (const { layer: number } of layers) {
      const layer = await trace.layer(component, number);
      const queryRows = rowsOf(trace.queryTokens(component), [0, layer.num_queries], 1);
      const keyRows = rowsOf(trace.keyTokens(component), [0, layer.num_keys], 1);
      const lines = new HeadLines(layer, [0, 1, 3], queryRows, keyRows);
      const weights = goldenWeights(component, number);
      for (let query = 0; query < layer.num_queries; query++) {
        assertRow(lines, meanRow(weights, [0, 1, 3], "query", query), "query", query);
      }
      for (let key = 0; key < layer.num_keys; key++) {
        assertRow(lines, meanRow(weights, [0, 1, 3], "key", key), "key", key);
      }
    }
  }
});

for (const size of [2, 4]) {
  test(`rows of ${size} have the largest mean weight of their tokens`, async (t) => {
    const made = randomLayer(randomNumbers(size));
    const tokens = madeTokens(made.query[0].length);
    const layer = await (await openTrace(serveMade(t, tokens, [made]).url)).layer("self", 0);
    const weights = weightsOfMade(made);
    const heads = [...weights.keys()];
    const rows = rowsOf(tokens, [0, tokens.length], size);
    const lines = new HeadLines(layer, heads, rows, rows);
    const inRow = (position, row) => rows.edges[row] <= position && position < rows.edges[row + 1];
    const positionsOf = (row) => [...tokens.keys()].filter((position) => inRow(position, row));
    for (let row = 0; row < numRows(rows); row++) {
      const means = positionsOf(row).map((query) => meanRow(weights, heads, "query", query));
      const expected = Array.from({ length: numRows(rows) }, (_, other) =>
        Math.max(...means.flatMap((mean) => positionsOf(other).map((key) => mean[key]))),
      );
      assertRow(lines, expected, "query", row);
    }
  });
}

test("the mean over one head has the weights of the head", async (t) => {
  const trace = await goldenTrace(t);
  const layer = await trace.layer("encoder", 0);
  const rows = rowsOf(trace.manifest.source, [0, layer.num_queries], 1);
  const lines = new HeadLines(layer, [2], rows, rows);
  const expected = weightsOf(layer, 2, { axis: "query", position: 1 });
  assert.deepEqual([...lines.weightsOfRow("query", 1)], [...expected]);
});

test("lines of other heads are other lines", async (t) => {
  const trace = await goldenTrace(t);
  const layer = await trace.layer("encoder", 0);
  const rows = rowsOf(trace.manifest.source, [0, layer.num_queries], 1);
  const lines = new HeadLines(layer, [1, 2], rows, rows);
  assert.ok(lines.matches(layer, [1, 2], rows, rows));
  for (const heads of [[1], [2], [12], [1, 2, 3]]) {
    assert.ok(!lines.matches(layer, heads, rows, rows));
  }
});
