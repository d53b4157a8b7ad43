import assert from "node:assert/strict";
import test from "node:test";
import { fittingLabelOfRow, labelOf, tooltipOf } from "../../assets/core/text/label.js";

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

test("a label is the text without surrounding blanks", () => {
  assert.equal(labelOf(token(" café ")), "café");
});

test("a label that looks like HTML stays text", () => {
  assert.equal(labelOf(token("</script>")), "</script>");
});

test("invisible characters have a symbol or a code point", () => {
  assert.equal(labelOf(token("")), "␣");
  assert.equal(labelOf(token("  ")), "␣");
  assert.equal(labelOf(token("\n")), "⏎");
  assert.equal(labelOf(token(" \n ")), "⏎");
  assert.equal(labelOf(token("\u200b")), "U+200B");
  assert.equal(labelOf(token("\u200d\u202e")), "U+200D U+202E");
});

test("letters of any script are kept", () => {
  for (const text of ["中", "مرحبا", "é", "e\u0301", "😀", "हिन्दी"]) {
    assert.equal(labelOf(token(text)), text);
  }
});

test("the label of a part of a letter has its number and the number of parts", () => {
  assert.equal(labelOf(token("😀", [2, 4])), "😀 2/4");
});

/** The largest number of letters of a label that is not cut. */
const maxLetters = Array.from({ length: 100 }, (_, count) => count).findLast(
  (count) => count > 0 && labelOf(token("a".repeat(count))) === "a".repeat(count),
);
const MAX = maxLetters ?? 0;

test("a label has 12 to 24 letters", () => {
  assert.ok(MAX >= 12 && MAX <= 24, `${MAX} letters`);
});

test("a longer label is cut to the same number of letters, including the ellipsis", () => {
  assert.equal(labelOf(token("a".repeat(MAX + 1))), `${"a".repeat(MAX - 1)}…`);
  assert.equal(labelOf(token("a".repeat(10_000))), `${"a".repeat(MAX - 1)}…`);
});

test("an emoji of many code units counts as one letter and is never divided", () => {
  const flag = "🏳️‍🌈";
  assert.equal(labelOf(token(flag.repeat(MAX))), flag.repeat(MAX));
  assert.equal(labelOf(token(flag.repeat(MAX + 1))), `${flag.repeat(MAX - 1)}…`);
});

test("a letter with 10,000 accents is cut", () => {
  const label = labelOf(token(`a${"\u0301".repeat(10_000)}`));
  assert.ok(label.length < 200);
  assert.ok(label.endsWith("…"));
});

test("the label of a part of a cut word keeps the number of the part", () => {
  assert.equal(labelOf(token("a".repeat(30), [1, 2])), `${"a".repeat(MAX - 1)}… 1/2`);
});

test("a tooltip has text, position, spelling in the vocabulary, and id", () => {
  assert.equal(tooltipOf(token("café"), 3), "café\nposition 3, vocabulary entry Ġcafé (id 42)");
});

test("a tooltip of a token without an id has its spelling, if that differs from the text", () => {
  const spelled = { ...token(" café"), vocabulary: "ĠcafÃ©", token_id: -1 };
  assert.equal(tooltipOf(spelled, 3), " café\nposition 3, vocabulary entry ĠcafÃ©");
  assert.equal(tooltipOf({ ...spelled, vocabulary: " café" }, 3), " café\nposition 3");
});

test("a tooltip of 10,000 letters is cut", () => {
  const text = tooltipOf(token("a".repeat(10_000)), 0);
  assert.ok(text.length < 500);
});

test("a label is cut to the letters that fit, and keeps which part of a word it is", () => {
  const token = { text: "internationalization", vocabulary: "", token_id: 1, start: 0, end: 20 };
  const part = (/** @type {[number, number]} */ part) => {
    return { ...token, segment: /** @type {const} */ ("A"), special: false, part };
  };
  const within = (/** @type {number} */ max) => (/** @type {string} */ label) =>
    label.length <= max;
  const label = (/** @type {any} */ tokens, /** @type {number} */ max) =>
    fittingLabelOfRow(tokens, 0, tokens.length, within(max));
  assert.equal(label([part([1, 1])], 16), "internationaliz…");
  assert.equal(label([part([1, 1])], 8), "interna…");
  assert.equal(label([part([2, 3])], 8), "int… 2/3");
  assert.equal(label([part([1, 1])], 1), "i…"); // at least one letter
  assert.equal(label([part([1, 1]), part([1, 1])], 9), "#0 int… …");
  assert.equal(label([part([1, 1]), part([1, 1])], 4), "#0");
});
