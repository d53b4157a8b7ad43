// The description of a layer's formula, for layers of every kind.

import assert from "node:assert/strict";
import test from "node:test";
import {
  biasKind,
  describeFormula,
  keyHeadNote,
  maskReasonText,
  termColumns,
} from "../../assets/core/formula/formula_description.js";

/** @typedef {import("../../assets/core/data/wire.js").LayerAttention} LayerAttention */

const TENSOR = { shape: [1, 2, 2], data: new Float32Array(4) };

/**
 * A layer with some terms and without data.
 * @param {Partial<LayerAttention>} terms
 * @returns {LayerAttention}
 */
function layer(terms = {}) {
  return {
    layer: 0,
    file: "",
    num_heads: 8,
    num_key_value_heads: 8,
    head_dim: 64,
    scaling: 0.125,
    softcap: null,
    reach: null,
    rotation: null,
    query: new Float32Array(),
    key: new Float32Array(),
    allowed: undefined,
    bias: undefined,
    bias_by_key: undefined,
    bias_by_distance: undefined,
    sink: undefined,
    model_queries: undefined,
    model_weights: undefined,
    num_queries: 0,
    num_keys: 0,
    ...terms,
  };
}

/** @type {[string, Partial<LayerAttention>, string, string][]} */
const FORMULAS = [
  ["no term", {}, "softmax(0.125 q·k)", "over all keys"],
  ["a rounded scaling", { scaling: 32 ** -0.5 }, "softmax(0.1768 q·k)", "over all keys"],
  ["no scaling", { scaling: 1 }, "softmax(q·k)", "over all keys"],
  [
    "a causal layer",
    { reach: { before: null, after: 0 } },
    "softmax(0.125 q·k)",
    "over this and earlier tokens",
  ],
  [
    "Gemma 2's local layers",
    { softcap: 50, scaling: 0.0625, reach: { before: 4095, after: 0 } },
    "softmax(50 tanh(0.0625 q·k / 50))",
    "over this token and the 4,095 before it",
  ],
  [
    "ModernBERT's local layers",
    { reach: { before: 64, after: 64 } },
    "softmax(0.125 q·k)",
    "over the keys at most 64 positions away",
  ],
  [
    "T5",
    { scaling: 1, bias_by_distance: TENSOR },
    "softmax(q·k + bias by distance)",
    "over all keys",
  ],
  [
    "BLOOM",
    { bias_by_key: TENSOR, reach: { before: null, after: 0 } },
    "softmax(0.125 q·k + bias by key)",
    "over this and earlier tokens",
  ],
  ["DeBERTa", { bias: TENSOR }, "softmax(0.125 q·k + bias by pair)", "over all keys"],
  [
    "gpt-oss",
    { sink: Float32Array.of(1), reach: { before: 127, after: 0 } },
    "softmax(0.125 q·k)",
    "over this token and the 127 before it, and a sink",
  ],
  ["a mask", { allowed: TENSOR }, "softmax(0.125 q·k)", "over the keys that the mask allows"],
  [
    "a causal mask with holes",
    { allowed: TENSOR, reach: { before: null, after: 0 } },
    "softmax(0.125 q·k)",
    "over this and earlier tokens that the mask allows",
  ],
  [
    "an asymmetric window",
    { reach: { before: 5, after: 2 } },
    "softmax(0.125 q·k)",
    "over the keys from 5 before to 2 after the query",
  ],
];

for (const [name, terms, equation, keyRange] of FORMULAS) {
  test(`the formula of ${name}`, () => {
    assert.deepEqual(describeFormula(layer(terms)), { equation: `weight = ${equation}`, keyRange });
  });
}

test("the kind of a bias is what it depends on", () => {
  assert.equal(biasKind(layer()), null);
  assert.equal(biasKind(layer({ bias_by_key: TENSOR })), "by key");
  assert.equal(biasKind(layer({ bias_by_distance: TENSOR })), "by distance");
  assert.equal(biasKind(layer({ bias: TENSOR })), "by pair");
});

test("the text for a masked key gives the reason", () => {
  assert.equal(maskReasonText(layer(), "later"), "masked (later token)");
  assert.equal(maskReasonText(layer(), "mask"), "masked");
  const window = (/** @type {import("../../assets/core/data/wire.js").Reach} */ reach) =>
    maskReasonText(layer({ reach }), "outside");
  // A window of 8: the query's own position and seven before.
  assert.equal(window({ before: 7, after: 0 }), "outside the window of 8");
  assert.equal(window({ before: 3, after: 3 }), "outside the window of 7");
  assert.equal(window({ before: 1023, after: 0 }), "outside the window of 1,024");
  assert.equal(window({ before: 3, after: null }), "outside the window");
});

test("the note on a key head names the query heads that share it", () => {
  assert.equal(keyHeadNote({ num_heads: 8, num_key_value_heads: 8 }, 3), null);
  const shared = { num_heads: 8, num_key_value_heads: 2 };
  assert.equal(keyHeadNote(shared, 3), "key head 0, for query heads 0 to 3");
  assert.equal(keyHeadNote(shared, 4), "key head 1, for query heads 4 to 7");
  assert.equal(
    keyHeadNote({ num_heads: 8, num_key_value_heads: 1 }, 4),
    "one for all 8 query heads",
  );
});

test("there is a column for each term of the layer, and the last is the score", () => {
  const headings = (/** @type {Partial<LayerAttention>} */ terms) =>
    termColumns(layer(terms)).map(({ heading, note, term }) => [heading, note, term]);
  assert.deepEqual(headings({}), [["score", "0.125 q·k", "scores"]]);
  assert.deepEqual(headings({ softcap: 30 }), [
    ["scaled", "0.125 q·k", "products"],
    ["score", "capped at 30", "scores"],
  ]);
  assert.deepEqual(headings({ bias_by_key: TENSOR }), [
    ["scaled", "0.125 q·k", "products"],
    ["+ bias", "by key", "bias"],
    ["= score", "", "scores"],
  ]);
  assert.deepEqual(headings({ softcap: 30, bias: TENSOR }), [
    ["scaled", "0.125 q·k", "products"],
    ["capped", "at 30", "capped"],
    ["+ bias", "by pair", "bias"],
    ["= score", "", "scores"],
  ]);
});
