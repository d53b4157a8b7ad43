import assert from "node:assert/strict";
import test from "node:test";
import { describeLit, strongest } from "../../assets/core/lit.js";

/** @typedef {import("../../assets/core/trace.js").Token} Token */

/** @type {(text: string) => Token} */
const token = (text) => ({
  text,
  vocabulary: text,
  token_id: 7,
  start: 0,
  end: 1,
  segment: "A",
  special: false,
  part: [1, 1],
});
const queryTokens = ["a", "b"].map(token);
const keyTokens = ["x", "y", "z"].map(token);
// prettier-ignore
const heads = [Float32Array.of(0.5, 0.25, 0.25, 0, 1, 0), Float32Array.of(0.5, 0.5, 0, 1, 0, 0)];
/** @type {import("../../assets/core/block.js").Block} */
const block = { label: "Cross", component: "cross", queries: [0, 2], keys: [0, 3] };
const from = { queryTokens, keyTokens, block, heads };

test("a lit query says the mean over the heads of what it gives to each key", () => {
  const lit = describeLit({ axis: "query", position: 0 }, false, from);
  assert.equal(lit.token, queryTokens[0]);
  assert.deepEqual(lit.others, keyTokens);
  assert.deepEqual([...lit.weights], [0.5, 0.375, 0.125]);
  assert.equal(lit.numHeads, 2);
});

test("a lit key says what it receives from each query", () => {
  const lit = describeLit({ axis: "key", position: 1 }, true, from);
  assert.equal(lit.token, keyTokens[1]);
  assert.deepEqual(lit.others, queryTokens);
  assert.deepEqual([...lit.weights], [0.375, 0.5]);
  assert.equal(lit.isPinned, true);
});

test("only what the block shows is said", () => {
  const part = { ...block, keys: /** @type {[number, number]} */ ([1, 3]) };
  const lit = describeLit({ axis: "query", position: 1 }, false, { ...from, block: part });
  assert.deepEqual(lit.others, keyTokens.slice(1));
  assert.deepEqual([...lit.weights], [0.5, 0]);
});

test("the strongest come first, and what would read 0.00 is not named", () => {
  assert.deepEqual(strongest(Float32Array.of(0.1, 0.6, 0.004, 0.2, 0.096), 3), [1, 3, 0]);
  assert.deepEqual(strongest(Float32Array.of(0.004, 0), 3), []);
});
