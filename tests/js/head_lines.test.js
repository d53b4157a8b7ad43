// The lines of a head between rows, compared with the weights of the golden trace.

import assert from "node:assert/strict";
import test from "node:test";
import { weightsOf } from "../../assets/core/formula/attention.js";
import { HeadLines, MIN_OPACITY } from "../../assets/core/geometry/head_lines.js";
import { numRows, rowsOf } from "../../assets/core/geometry/rows.js";
import { goldenTrace } from "./golden.js";

const HEAD = 1;

/**
 * The lines of a head of the golden trace.
 * @param {import("node:test").TestContext} t
 * @param {{size: number, component?: import("../../assets/core/data/wire.js").Component, layer?: number}} options
 */
async function linesOf(t, { size, component = "encoder", layer: number = 3 }) {
  const trace = await goldenTrace(t);
  const layer = await trace.layer(component, number);
  const queryRows = rowsOf(trace.queryTokens(component), [0, layer.num_queries], size);
  const keyRows = rowsOf(trace.keyTokens(component), [0, layer.num_keys], size);
  return { layer, queryRows, keyRows, lines: new HeadLines(layer, [HEAD], queryRows, keyRows) };
}

/**
 * The largest weight between the tokens of two rows, from all of them.
 * @param {Awaited<ReturnType<typeof linesOf>>} made
 * @param {number} queryRow
 * @param {number} keyRow
 */
function largestBetween({ layer, queryRows, keyRows }, queryRow, keyRow) {
  let largest = 0;
  for (let query = queryRows.edges[queryRow]; query < queryRows.edges[queryRow + 1]; query++) {
    const weights = weightsOf(layer, HEAD, { axis: "query", position: query });
    for (let key = keyRows.edges[keyRow]; key < keyRows.edges[keyRow + 1]; key++) {
      largest = Math.max(largest, weights[key]);
    }
  }
  return largest;
}

for (const size of [1, 2, 4]) {
  test(`rows of ${size} have the largest weights of their tokens, on both axes`, async (t) => {
    const made = await linesOf(t, { size });
    for (let query = 0; query < numRows(made.queryRows); query++) {
      for (let key = 0; key < numRows(made.keyRows); key++) {
        const expected = largestBetween(made, query, key);
        for (const weight of [
          made.lines.weightsOfRow("query", query)[key],
          made.lines.weightsOfRow("key", key)[query],
        ]) {
          assert.ok(Math.abs(weight - expected) < 1e-6);
        }
      }
    }
  });

  test(`rows of ${size} have a line for each visible weight`, async (t) => {
    const { lines, queryRows } = await linesOf(t, { size });
    for (let query = 0; query < numRows(queryRows); query++) {
      const weights = lines.weightsOfRow("query", query);
      const { others, weights: drawn } = lines.linesOfRow("query", query);
      const visible = [...weights.keys()].filter((key) => weights[key] >= MIN_OPACITY);
      assert.deepEqual([...others], visible);
      assert.deepEqual(
        [...drawn],
        visible.map((key) => weights[key]),
      );
    }
  });
}

test("the axes can have different lengths", async (t) => {
  const { lines } = await linesOf(t, { size: 1, component: "cross", layer: 0 });
  assert.equal(lines.weightsOfRow("query", 0).length, 7);
  assert.equal(lines.weightsOfRow("key", 0).length, 5);
});

test("lines of a part have only the weights of its rows", async (t) => {
  const { layer } = await linesOf(t, { size: 1 });
  const { source } = (await goldenTrace(t)).manifest;
  const part = new HeadLines(layer, [HEAD], rowsOf(source, [0, 4], 1), rowsOf(source, [2, 6], 1));
  const whole = weightsOf(layer, HEAD, { axis: "query", position: 3 });
  assert.deepEqual([...part.weightsOfRow("query", 3)], [...whole.subarray(2, 6)]);
  const column = weightsOf(layer, HEAD, { axis: "key", position: 5 });
  assert.deepEqual([...part.weightsOfRow("key", 3)], [...column.subarray(0, 4)]);
});

test("the lines of a row are computed once", async (t) => {
  const { lines } = await linesOf(t, { size: 2 });
  const made = lines.linesOfRow("query", 1);
  assert.equal(lines.linesOfRow("query", 1), made);
  assert.notEqual(lines.linesOfRow("key", 1), made);
});

test("an opacity below the smallest one rounds to zero", () => {
  assert.equal(Math.round(0.99 * MIN_OPACITY * 255), 0);
  assert.equal(Math.round(1.01 * MIN_OPACITY * 255), 1);
});
