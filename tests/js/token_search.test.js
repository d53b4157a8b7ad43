import assert from "node:assert/strict";
import test from "node:test";
import { findTokens } from "../../assets/core/text/token_search.js";

/** @typedef {import("../../assets/core/data/wire.js").Token} Token */

/**
 * Tokens from `text@start` for each token; a text in brackets is a special token.
 * @param {string} pieces
 * @returns {Token[]}
 */
function tokensOf(pieces) {
  return pieces.split("|").map((piece) => {
    const [text, start = "0"] = piece.split("@");
    const special = text.startsWith("[");
    return {
      text,
      vocabulary: text,
      token_id: 1,
      start: Number(start),
      end: special ? 0 : Number(start) + text.length,
      segment: special ? null : "A",
      special,
      part: [1, 1],
    };
  });
}

// "She sold Oranges, oranges" as BERT and GPT-2 divide it.
const WORD_PIECES = tokensOf("[CLS]|She@0|sold@4|Orange@9|s@15|,@16|orange@18|s@24|[SEP]");
const WITH_BLANKS = tokensOf("She@0| sold@3| Or@8|anges@11|,@16| oranges@17");

/**
 * @param {Token[]} tokens
 * @param {string} wanted
 */
const found = (tokens, wanted) => findTokens(tokens, [0, tokens.length], wanted);

test("a word is found wherever tokens divide it, in upper or lower case", () => {
  assert.deepEqual(found(WORD_PIECES, "oranges"), [3, 6]);
  assert.deepEqual(found(WITH_BLANKS, "ORANGES"), [2, 5]);
});

test("several words are found if only blanks are between them", () => {
  assert.deepEqual(found(WORD_PIECES, " she  sold "), [1]);
  assert.deepEqual(found(WITH_BLANKS, "sold oranges, or"), [1]);
});

test("blanks are the characters that count as blanks in labels", () => {
  const tokens = tokensOf("two@0|\u0085\u00a0lines@3");
  assert.deepEqual(found(tokens, "\u0085two lines\u0085"), [0]);
  assert.deepEqual(found(tokens, "two\u0085lines"), [0]);
});

test("a part of a word is found", () => {
  assert.deepEqual(found(WORD_PIECES, "range"), [3, 6]);
  assert.deepEqual(found(WORD_PIECES, "s"), [0, 1, 2, 4, 7, 8]);
});

test("a special token is found by its name", () => {
  assert.deepEqual(found(WORD_PIECES, "[sep]"), [8]);
});

test("a position is found by # and its number", () => {
  assert.deepEqual(found(WORD_PIECES, "#4"), [4]);
  assert.deepEqual(found(WORD_PIECES, "#9"), []);
});

test("only the span is searched", () => {
  assert.deepEqual(findTokens(WORD_PIECES, [4, 9], "oranges"), [6]);
  assert.deepEqual(findTokens(WORD_PIECES, [4, 9], "#3"), []);
});

test("blanks and a missing word find nothing", () => {
  assert.deepEqual(found(WORD_PIECES, "  "), []);
  assert.deepEqual(found(WORD_PIECES, "pears"), []);
});

test("a letter of several tokens is found once", () => {
  const tokens = tokensOf("a@0|😀@1|😀@1|b@3");
  tokens[1].part = [1, 2];
  tokens[2].part = [2, 2];
  assert.deepEqual(found(tokens, "😀b"), [1]);
});

test("overlapping matches are all found", () => {
  assert.deepEqual(found(tokensOf("a@0|a@1|a@2"), "aa"), [0, 1]);
});
