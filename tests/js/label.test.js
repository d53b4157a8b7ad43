import assert from "node:assert/strict";
import test from "node:test";
import { labelOf, tooltipOf } from "../../assets/core/text/label.js";

/**
 * @param {string} text
 * @param {[number, number]} part
 * @returns {import("../../assets/core/data/wire.js").Token}
 */
function token(text, part = [1, 1]) {
  return {
    text,
    vocabulary: `Ġ${text}`,
    token_id: 42,
    start: 0,
    end: text.length,
    segment: "A",
    special: false,
    part,
  };
}

test("a label is the text without the blanks around it", () => {
  assert.equal(labelOf(token(" café ")), "café");
});

test("a label that looks like HTML stays text", () => {
  assert.equal(labelOf(token("</script>")), "</script>");
});

test("what cannot be seen has a sign", () => {
  assert.equal(labelOf(token("")), "␣");
  assert.equal(labelOf(token("  ")), "␣");
  assert.equal(labelOf(token("\n")), "⏎");
  assert.equal(labelOf(token(" \n ")), "⏎");
  assert.equal(labelOf(token("\u200b")), "U+200B");
  assert.equal(labelOf(token("\u200d\u202e")), "U+200D U+202E");
});

test("letters of any script are shown as they are", () => {
  for (const text of ["中", "مرحبا", "é", "e\u0301", "😀", "हिन्दी"]) {
    assert.equal(labelOf(token(text)), text);
  }
});

test("a part of a letter says which of how many", () => {
  assert.equal(labelOf(token("😀", [2, 4])), "😀 2/4");
});

/** The most letters that a label shows whole. */
const mostLetters = Array.from({ length: 100 }, (_, count) => count).findLast(
  (count) => count > 0 && labelOf(token("a".repeat(count))) === "a".repeat(count),
);
const MOST = mostLetters ?? 0;

test("a word stays whole, and a very long one does not", () => {
  assert.ok(MOST >= 12 && MOST <= 24, `${MOST} letters`);
});

test("a longer label is cut to as many letters, the sign of the cut included", () => {
  assert.equal(labelOf(token("a".repeat(MOST + 1))), `${"a".repeat(MOST - 1)}…`);
  assert.equal(labelOf(token("a".repeat(10_000))), `${"a".repeat(MOST - 1)}…`);
});

test("an emoji of many code units counts as one letter, and is never cut in two", () => {
  const flag = "🏳️‍🌈";
  assert.equal(labelOf(token(flag.repeat(MOST))), flag.repeat(MOST));
  assert.equal(labelOf(token(flag.repeat(MOST + 1))), `${flag.repeat(MOST - 1)}…`);
});

test("one letter under ten thousand accents is cut, and takes no time", () => {
  const label = labelOf(token(`a${"\u0301".repeat(10_000)}`));
  assert.ok(label.length < 200);
  assert.ok(label.endsWith("…"));
});

test("a part of a cut word keeps its number", () => {
  assert.equal(labelOf(token("a".repeat(30), [1, 2])), `${"a".repeat(MOST - 1)}… 1/2`);
});

test("a tooltip names text, position, spelling and id", () => {
  assert.equal(tooltipOf(token("café"), 3), "café\nposition 3, in the vocabulary Ġcafé (id 42)");
});

test("a tooltip of a token without an id names its spelling where it has one", () => {
  const spelled = { ...token(" café"), vocabulary: "ĠcafÃ©", token_id: -1 };
  assert.equal(tooltipOf(spelled, 3), " café\nposition 3, in the vocabulary ĠcafÃ©");
  assert.equal(tooltipOf({ ...spelled, vocabulary: " café" }, 3), " café\nposition 3");
});

test("a tooltip of ten thousand letters is cut", () => {
  const text = tooltipOf(token("a".repeat(10_000)), 0);
  assert.ok(text.length < 500);
});
