import assert from "node:assert/strict";
import test from "node:test";
import { formatRanges, parseRanges } from "../../assets/core/text/ranges.js";

test("a list of numbers and ranges names each number once, in order", () => {
  assert.deepEqual(parseRanges("7, 0-3, 2"), [0, 1, 2, 3, 7]);
  assert.deepEqual(parseRanges(" 10 – 12 "), [10, 11, 12]);
});

test("a text of blanks names all", () => {
  assert.equal(parseRanges("  "), null);
});

test("a range that runs backwards names nothing", () => {
  assert.deepEqual(parseRanges("5-3"), []);
});

for (const text of ["all", "1;2", "-1", "1-", "1.5", "1,,2", "99999"]) {
  test(`${text} is no list, and the sentence says what one looks like`, () => {
    assert.throws(() => parseRanges(text), /such as 0-3, 7/);
  });
}

test("a list is written as short as it goes, and reads back the same", () => {
  assert.equal(formatRanges([0, 1, 2, 5, 7, 8]), "0-2, 5, 7-8");
  assert.equal(formatRanges(null), "");
  assert.deepEqual(parseRanges(formatRanges([0, 1, 2, 5, 7, 8])), [0, 1, 2, 5, 7, 8]);
});
