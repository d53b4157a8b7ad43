// The caption of a saved picture.

import assert from "node:assert/strict";
import test from "node:test";
import { captionOf, numbersInWords } from "../../assets/core/text/caption.js";

/**
 * @param {[text: string, start: number, end: number, segment?: "A" | "B" | null][]} pieces
 * @returns {import("../../assets/core/data/wire.js").Token[]}
 */
function tokensOf(pieces) {
  return pieces.map(([text, start, end, segment = "A"]) => ({
    text,
    vocabulary: text,
    token_id: 1,
    start,
    end,
    segment,
    special: segment === null,
    part: [1, 1],
  }));
}

/** @param {object} more */
function manifestOf(more) {
  const model = { model_id: "some/model", revision: "0123456789abcdef".repeat(3).slice(0, 40) };
  return /** @type {any} */ ({ model, source: [], target: null, written_from: null, ...more });
}

test("the text is the reader's, with one blank where no token covers it", () => {
  const source = tokensOf([
    ["[CLS]", 0, 0, null],
    ["Do", 0, 2],
    ["n't", 2, 5],
    ["go", 6, 8],
    ["[SEP]", 0, 0, null],
  ]);
  assert.deepEqual(captionOf(manifestOf({ source })), [
    "some/model, commit 0123456789ab",
    "Don't go",
  ]);
});

test("a letter that several tokens share is written once", () => {
  const source = tokensOf([
    ["é", 0, 1],
    ["😀", 1, 2],
    ["😀", 1, 2],
    ["!", 2, 3],
  ]);
  assert.equal(captionOf(manifestOf({ source }))[1], "é😀!");
});

test("a pair has a line for each text, and an encoder-decoder model for source and target", () => {
  const pair = tokensOf([
    ["one", 0, 3],
    ["two", 0, 3, "B"],
  ]);
  assert.deepEqual(captionOf(manifestOf({ source: pair })).slice(1), ["A: one", "B: two"]);
  const [source, target] = [tokensOf([["eins", 0, 4]]), tokensOf([["one", 0, 3]])];
  assert.deepEqual(captionOf(manifestOf({ source, target })).slice(1), [
    "Source: eins",
    "Target: one",
  ]);
});

test("the interventions are the last line", () => {
  const named = ["Layer 0, Head 3 off", "“a” (0) masked"].map((words) => ({ spelling: "", words }));
  const intervened = { interventions: named };
  const source = tokensOf([["a", 0, 1]]);
  assert.deepEqual(captionOf(manifestOf({ source, intervened, written_from: 0 })).slice(1), [
    "a",
    "The token at position 0 was written by the model.",
    "With interventions: Layer 0, Head 3 off; “a” (0) masked.",
  ]);
  assert.equal(captionOf(manifestOf({ source, intervened: null })).length, 2);
});

test("a revision that is not a commit hash is left out", () => {
  const model = { model_id: "tiny-bert", revision: "shipped" };
  assert.equal(captionOf(manifestOf({ model }))[0], "tiny-bert");
});

test("three or more consecutive numbers become a range", () => {
  assert.equal(numbersInWords("head", [3]), "head 3");
  assert.equal(numbersInWords("head", [0, 1]), "heads 0 and 1");
  assert.equal(numbersInWords("layer", [0, 1, 2, 3, 7]), "layers 0 to 3 and 7");
  assert.equal(numbersInWords("head", [0, 2, 4, 5, 6]), "heads 0, 2 and 4 to 6");
});
