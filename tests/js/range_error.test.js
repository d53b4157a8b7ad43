import assert from "node:assert/strict";
import test from "node:test";
import { rangeError } from "../../assets/core/text/range_error.js";
import { parseRanges } from "../../assets/core/text/ranges.js";

const SIX = [0, 1, 2, 3, 4, 5];

test("a list of numbers that exist has no error", () => {
  for (const text of ["", " ", "0", "0-5", "5, 1-2"])
    assert.equal(rangeError(text, "layer", SIX), "");
});

test("the error names what does not exist, and what exists", () => {
  const possible = "Layers are numbered 0 to 5. Write for example 0-3, 5.";
  assert.equal(rangeError("0, 9", "layer", SIX), `There is no layer 9. ${possible}`);
  assert.equal(rangeError("4-9", "layer", SIX), `There are no layers 6 to 9. ${possible}`);
  assert.equal(rangeError("5-4", "layer", SIX), `The range 5-4 runs backward. ${possible}`);
  assert.equal(rangeError("x", "layer", SIX), `“x” is not a number or a range. ${possible}`);
  assert.match(rangeError("0", "layer", [3, 7, 11]), /Layers are numbered 3, 7 and 11\./);
  assert.equal(rangeError("1", "head", [0]), "There is no head 1. There is only head 0.");
});

test("the example in an error is a list of numbers that exist", () => {
  for (let last = 1; last < 40; last++) {
    for (const step of [1, 4]) {
      const available = Array.from({ length: last + 1 }, (_, index) => 2 + index * step);
      const [, example] = rangeError("x", "layer", available).match(/for example (.+)\.$/) ?? [];
      assert.ok(example && parseRanges(example)?.every((number) => available.includes(number)));
    }
  }
});
