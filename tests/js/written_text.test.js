// The text that a reader edits after a causal model has continued it.

import assert from "node:assert/strict";
import test from "node:test";
import { writtenText } from "../../assets/core/text/written_text.js";

/** Return a manifest with tokens `[text, start, end, special]`. */
const manifest = (written_from, ...tokens) =>
  /** @type {any} */ ({
    written_from,
    source: tokens.map(([text, start, end, special = false]) => ({ text, start, end, special })),
  });

test("the written tokens are joined as the model wrote them", () => {
  const tokens = [
    ["The", 0, 3],
    [" cat", 3, 7],
    [" sat", 7, 11],
    [".", 11, 12],
  ];
  assert.equal(writtenText(manifest(2, ...tokens)), " sat.");
});

test("a blank that belongs to no token is kept, and a shared character is written once", () => {
  const tokens = [
    ["The", 0, 3],
    ["cat", 4, 7],
    ["😀", 7, 8],
    ["😀", 7, 8],
    ["ran", 9, 12],
  ];
  assert.equal(writtenText(manifest(1, ...tokens)), " cat😀 ran");
});

test("special tokens at the end are left out", () => {
  const tokens = [
    ["The", 0, 3],
    [" cat", 3, 7],
    ["<|endoftext|>", 0, 0, true],
  ];
  assert.equal(writtenText(manifest(1, ...tokens)), " cat");
});

test("a text that no model has continued has no written text", () => {
  assert.equal(writtenText(manifest(null, ["The", 0, 3])), "");
});
