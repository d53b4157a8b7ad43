// The label of a predicted token shows the blanks around its text.

import assert from "node:assert/strict";
import test from "node:test";
import { labelOfPredicted } from "../../assets/core/text/predicted_token.js";

const CASES = [
  ["the", "the"],
  [" the", "␣the"],
  ["▁", "▁"],
  ["##ing", "##ing"],
  ["\n\n", "⏎⏎"],
  ["\t", "⇥"],
  ["a\n", "a⏎"],
  ["  ", "␣␣"],
  [" extraordinarilylong", "␣extraordinaril…"],
  ["\u0000", "U+0000"],
  ["<b>", "<b>"],
];

for (const [text, label] of CASES) {
  test(`${JSON.stringify(text)} has the label ${label}`, () => {
    assert.equal(labelOfPredicted({ text }), label);
  });
}

test("a label has no more letters than there is room for", () => {
  for (const text of [" ".repeat(80), ` ${"a".repeat(80)}`, " ".repeat(40) + "a".repeat(40)]) {
    for (const max of [2, 3, 16]) {
      const { length } = labelOfPredicted({ text }, max);
      assert.ok(length <= max, `${length} letters of ${max}`);
    }
  }
});
