import assert from "node:assert/strict";
import test from "node:test";
import { meanWeights } from "../../assets/core/state/highlighted_row.js";

test("the weights of several heads are their mean", () => {
  const heads = [Float32Array.of(0.5, 0.25, 0.25), Float32Array.of(0.5, 0.5, 0)];
  assert.deepEqual([...meanWeights(heads)], [0.5, 0.375, 0.125]);
  assert.deepEqual([...meanWeights(heads.slice(1))], [0.5, 0.5, 0]);
});
