import assert from "node:assert/strict";
import test from "node:test";
import { formatRanges, parseRanges } from "../../assets/core/text/ranges.js";

test("parsing returns each number once, in ascending order", () => {
  assert.deepEqual(parseRanges("7, 0-3, 2"), [0, 1, 2, 3, 7]);
  assert.deepEqual(parseRanges(" 10 – 12 "), [10, 11, 12]);
  assert.deepEqual(parseRanges("\u0085 7,\u00a02\u0085-\u00853"), [2, 3, 7]);
});

test("a blank text means all", () => {
  assert.equal(parseRanges("  "), null);
  assert.equal(parseRanges("\u0085"), null);
});

test("the error for a range that runs backward names the range", () => {
  assert.throws(() => parseRanges("1, 5-3"), /^Error: The range 5-3 runs backward\.$/);
});

for (const text of ["all", "1;2", "-1", "1-", "1.5", "99999"]) {
  test(`the error for ${text} names it`, () => {
    const message = `“${text}” is not a number or a range.`;
    assert.throws(() => parseRanges(`2, ${text}`), { message });
  });
}

test("the error for a missing number names nothing, and for a long text its beginning", () => {
  assert.throws(() => parseRanges("1,,2"), { message: "“” is not a number or a range." });
  const message = `“${"😀".repeat(20)}…” is not a number or a range.`;
  assert.throws(() => parseRanges("😀".repeat(10_000)), { message });
});

test("formatting returns the shortest list, which parses to the same numbers", () => {
  assert.equal(formatRanges([0, 1, 2, 5, 7, 8]), "0-2, 5, 7-8");
  assert.equal(formatRanges(null), "");
  assert.deepEqual(parseRanges(formatRanges([0, 1, 2, 5, 7, 8])), [0, 1, 2, 5, 7, 8]);
});
