// Which tokens of two compared runs belong together.

import assert from "node:assert/strict";
import test from "node:test";
import { invertAlignment } from "../../assets/core/data/alignment.js";

test("the inverse leads from the other run back to each aligned token", () => {
  const alignment = Int32Array.from([0, -1, 1, 4]);
  const inverse = invertAlignment(alignment, 6);
  assert.deepEqual([...inverse], [0, 2, -1, -1, 3, -1]);
  assert.deepEqual([...invertAlignment(inverse, alignment.length)], [...alignment]);
});
