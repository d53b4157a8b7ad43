// Which tokens of two compared runs belong together.

import assert from "node:assert/strict";
import test from "node:test";
import { alignedTokens, alignedUnits, invertAlignment } from "../../assets/core/data/alignment.js";
import { positionsOfToken } from "../../assets/core/data/token_position.js";
import { unitsOf } from "../../assets/core/data/units.js";
import { madeTokens } from "./made_trace.js";

test("the inverse leads from the other run back to each aligned token", () => {
  const alignment = Int32Array.from([0, -1, 1, 4]);
  const inverse = invertAlignment(alignment, 6);
  assert.deepEqual([...inverse], [0, 2, -1, -1, 3, -1]);
  assert.deepEqual([...invertAlignment(inverse, alignment.length)], [...alignment]);
});

test("tokens lead to the aligned ones and back", () => {
  const alignment = Int32Array.from([0, -1, 1, 4]);
  const inverse = invertAlignment(alignment, 6);
  for (const position of [0, 2, 3]) {
    const there = alignedTokens({ axis: "key", position }, alignment);
    assert.deepEqual(there, { axis: "key", position: alignment[position] });
    assert.deepEqual(alignedTokens(there, inverse), { axis: "key", position });
  }
  assert.equal(alignedTokens({ axis: "query", position: 1 }, alignment), null);
  assert.equal(alignedTokens({ axis: "query", position: 9 }, alignment), null);
});

test("of several tokens, those that are aligned lead to the other run", () => {
  const alignment = Int32Array.from([0, -1, 1, 4]);
  const there = alignedTokens({ axis: "query", position: 1, others: [2, 3] }, alignment);
  assert.deepEqual(positionsOfToken(there), [1, 4]);
});

test("words are aligned if their first tokens are, also in the other direction", () => {
  // "a b c" and "a bc": the words are [0] [1 2] [3], and [0] [1] [2 3].
  const words = unitsOf(madeTokens(4), [0, 1, 3]);
  const others = unitsOf(madeTokens(4), [0, 1, 2]);
  const alignment = Int32Array.from([0, 1, 2, 3]);
  const aligned = alignedUnits(alignment, words, others);
  assert.deepEqual([...aligned], [0, 1, -1]);
  const back = alignedUnits(invertAlignment(alignment, 4), others, words);
  assert.deepEqual([...back], [...invertAlignment(aligned, 3)]);
});
