// The label of a predicted token shows the blanks around its text.

import assert from "node:assert/strict";
import test from "node:test";
import { labelOfPredicted } from "../../assets/core/text/predicted_token.js";

const CASES = [
  ["the", "the", "the"],
  [" the", "Ġthe", "␣the"],
  ["the", "▁the", "␣the"],
  [" the", "▁the", "␣the"],
  ["", "▁", "␣"],
  ["▁", "▁▁", "▁"],
  ["##ing", "##ing", "##ing"],
  ["\n\n", "ĊĊ", "⏎⏎"],
  ["\t", "ĉ", "⇥"],
  ["a\n", "aĊ", "a⏎"],
  ["  ", "ĠĠ", "␣␣"],
  [" extraordinarilylong", "Ġextraordinarilylong", "␣extraordinaril…"],
  ["\u0000", "<0x00>", "U+0000"],
  ["<b>", "<b>", "<b>"],
];

for (const [text, vocabulary, label] of CASES) {
  test(`${JSON.stringify(text)}, spelled ${vocabulary}, has the label ${label}`, () => {
    assert.equal(labelOfPredicted({ text, vocabulary }), label);
  });
}

test("a label has no more letters than there is room for", () => {
  for (const text of [" ".repeat(80), ` ${"a".repeat(80)}`, " ".repeat(40) + "a".repeat(40)]) {
    for (const max of [2, 3, 16]) {
      const { length } = labelOfPredicted({ text, vocabulary: text }, max);
      assert.ok(length <= max, `${length} letters of ${max}`);
    }
  }
});
