// The cells of a matrix: pooled weights equal plain loops, rough cells are bounds, and what is kept is
// bounded.

import assert from "node:assert/strict";
import test from "node:test";
import { weightSource } from "../../assets/core/formula/weight_source.js";
import { PooledRows } from "../../assets/core/geometry/pooled_rows.js";
import { pooledWeights } from "../../assets/core/geometry/pooled_weights.js";
import { roughRows } from "../../assets/core/geometry/rough_rows.js";
import { numRows, rowsOf } from "../../assets/core/geometry/rows.js";
import { goldenTrace } from "./golden.js";
import { assertClose } from "./ink.js";
import { madeTokens } from "./made_trace.js";

const TOKENS = madeTokens(21, 9);
const weightOf = (query, key) => ((31 * query + 17 * key) % 101) / 101;
const line = (at) => Float32Array.from(TOKENS, (_, other) => at(other));
const SOURCE = {
  weightsOfQuery: (query) => line((key) => weightOf(query, key)),
  weightsOfKey: (key) => line((query) => weightOf(query, key)),
};
const POOL = {
  max: (block) => Math.max(...block),
  mean: (block) => block.reduce((sum, weight) => sum + weight, 0) / block.length,
};

/** Run a generator to its end, and return what it returns and how often it has yielded. */
function finish(generator) {
  let numSteps = 0;
  for (let step = generator.next(); ; step = generator.next()) {
    if (step.done) return { value: step.value, numSteps };
    numSteps++;
  }
}

/** Return the weights of a block, by plain loops. */
function block([firstQuery, endQuery], [firstKey, endKey]) {
  const weights = [];
  for (let query = firstQuery; query < endQuery; query++) {
    for (let key = firstKey; key < endKey; key++) weights.push(weightOf(query, key));
  }
  return weights;
}

for (const pooling of ["max", "mean"]) {
  for (const axis of ["query", "key"]) {
    test(`the ${pooling} of several ${axis} tokens is that of their weights`, () => {
      const others = rowsOf(TOKENS, [0, 21], 4);
      const own = [3, 8];
      const pooled = finish(pooledWeights(SOURCE, axis, own, others, pooling));
      assert.equal(pooled.numSteps, 5);
      for (const [row, weight] of pooled.value.entries()) {
        const other = [others.edges[row], others.edges[row + 1]];
        const weights = axis === "query" ? block(own, other) : block(other, own);
        assertClose(weight, POOL[pooling](weights), 1e-6);
      }
    });
  }
}

test("the cells of rows are computed once, and a caller can pause after each token", () => {
  const rows = rowsOf(TOKENS, [0, 21], 2);
  const calls = [];
  const source = {
    ...SOURCE,
    weightsOfQuery: (query) => {
      calls.push(query);
      return SOURCE.weightsOfQuery(query);
    },
  };
  const cells = new PooledRows(source, rows, rows, "max");
  const compute = cells.compute([1, 3]);
  compute.next();
  assert.deepEqual(calls, [2]);
  assert.equal(cells.get(1), undefined);
  finish(compute);
  finish(cells.compute([0, 3]));
  assert.deepEqual(calls, [2, 3, 4, 5, 0, 1]);
  assert.equal(cells.get(2)[1], Math.fround(POOL.max(block([4, 6], [2, 4]))));
});

test("rows that are no longer visible are not kept in a long text", () => {
  const tokens = madeTokens(2048);
  const rows = rowsOf(tokens, [0, 2048], 1);
  const weights = new Float32Array(2048);
  const cells = new PooledRows({ weightsOfQuery: () => weights }, rows, rows, "max");
  for (let first = 0; first < 2000; first += 500) finish(cells.compute([first, first + 500]));
  const kept = rows.edges.slice(1).filter((_, row) => cells.get(row));
  assert.ok(kept.length <= 1500, `${kept.length} rows are kept`);
  assert.ok(cells.get(1999));
});

for (const part of ["encoder", "cross"]) {
  test(`rough cells of one head are the overview, and bounds of the mean of heads: ${part}`, async (t) => {
    const trace = await goldenTrace(t);
    const { query_bin, key_bin, layers } = trace.component(part);
    const number = layers[0].layer;
    const layer = await trace.layer(part, number);
    const overview = await trace.overview(part, number, "");
    const [queryTokens, keyTokens] = [trace.queryTokens(part), trace.keyTokens(part)];
    const [queries, keys] = [queryTokens, keyTokens].map((tokens) =>
      rowsOf(tokens, [0, tokens.length], 1),
    );
    const roughOf = (heads) =>
      roughRows(
        overview,
        heads,
        { tokens: queryTokens, rows: queries, bin: query_bin },
        { tokens: keyTokens, rows: keys, bin: key_bin },
      );
    for (const heads of [[1], [0, 2, 3]]) {
      const source = weightSource(layer, heads, null);
      for (let query = 0; query < numRows(queries); query++) {
        const rough = roughOf(heads)(query);
        for (const [key, weight] of source.weightsOfQuery(query).entries()) {
          // A byte is the square root of a weight, rounded.
          const step = (2 * Math.sqrt(weight) * 0.5) / 255 + 1e-5;
          assert.ok(rough[key] >= weight - step, `${rough[key]} is below ${weight}`);
          if (query_bin * key_bin === 1) assertClose(rough[key], weight, step);
        }
      }
    }
  });
}
