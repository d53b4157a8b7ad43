// A layer's formula in words and numbers, for the page.

import { groupedNumber, shortNumber } from "../text/number_format.js";
import { keyHead } from "./vectors.js";

/** @typedef {import("../data/wire.js").LayerAttention} LayerAttention */
/** @typedef {import("../data/wire.js").Reach} Reach */
/** @typedef {import("./attention.js").ScoreTerms} ScoreTerms */

/**
 * Return the formula of a layer with the layer's own numbers, and the keys that its softmax covers.
 * @param {LayerAttention} layer
 * @returns {{equation: string, keyRange: string}} such as "weight = softmax(0.125 q·k)" and "over all
 *   keys"
 */
export function describeFormula(layer) {
  const { scaling, softcap } = layer;
  const product = scaling === 1 ? "q·k" : `${shortNumber(scaling)} q·k`;
  const cap = softcap === null ? "" : shortNumber(softcap);
  const capped = softcap === null ? product : `${cap} tanh(${product} / ${cap})`;
  const bias = biasKind(layer);
  const score = bias === null ? capped : `${capped} + bias ${bias}`;
  return { equation: `weight = softmax(${score})`, keyRange: describeKeys(layer) };
}

/**
 * Return what the bias of a layer depends on; null if the layer has no bias.
 * @param {LayerAttention} layer
 * @returns {"by key" | "by distance" | "by pair" | null}
 */
export function biasKind({ bias, bias_by_key, bias_by_distance }) {
  if (bias_by_key) return "by key";
  if (bias_by_distance) return "by distance";
  return bias ? "by pair" : null;
}

/**
 * @param {LayerAttention} layer
 * @returns {string} such as "over all keys"
 */
function describeKeys({ reach, allowed, sink }) {
  const keys = reach === null ? (allowed ? "the keys" : "all keys") : describeReach(reach);
  return `over ${keys}${allowed ? " that the mask allows" : ""}${sink ? ", and a sink" : ""}`;
}

/**
 * @param {Reach} reach
 * @returns {string}
 */
function describeReach({ before, after }) {
  if (after === 0 && before === null) return "this and earlier tokens";
  if (after === 0 && before === 0) return "this token only";
  if (after === 0) return `this token and the ${groupedNumber(before ?? 0)} before it`;
  if (before === after) return `the keys at most ${groupedNumber(before ?? 0)} positions away`;
  const from = before === null ? "" : ` from ${groupedNumber(before)} before`;
  const to = after === null ? "" : ` to ${groupedNumber(after)} after`;
  return `the keys${from}${to} the query`;
}

/**
 * Return the text that replaces the numbers of a key to which a query may not attend.
 * @param {LayerAttention} layer
 * @param {"later" | "outside" | "mask"} reason as `maskReason` returns it
 * @returns {string}
 */
export function maskReasonText({ reach }, reason) {
  if (reason === "later") return "masked (later token)";
  if (reason === "mask") return "masked";
  const { before = null, after = null } = reach ?? {};
  if (before === null || after === null) return "outside the window";
  return `outside the window of ${groupedNumber(before + 1 + after)}`;
}

/**
 * Return which query heads share the key head of a head; null if each query head has its own.
 * @param {Pick<LayerAttention, "num_heads" | "num_key_value_heads">} layer
 * @param {number} head a query head
 * @returns {string | null}
 */
export function keyHeadNote(layer, head) {
  const { num_heads, num_key_value_heads } = layer;
  if (num_key_value_heads === num_heads) return null;
  if (num_key_value_heads === 1) return `one for all ${num_heads} query heads`;
  const shared = num_heads / num_key_value_heads;
  const first = keyHead(layer, head) * shared;
  return `key head ${keyHead(layer, head)}, for query heads ${first} to ${first + shared - 1}`;
}

/**
 * A column of numbers between `q · k` and the weight.
 * @typedef {object} TermColumn
 * @property {string} heading
 * @property {string} note second line of the heading
 * @property {keyof ScoreTerms} term
 */

/**
 * Return the columns of numbers that a layer needs. The last column is the score.
 * @param {LayerAttention} layer
 * @returns {TermColumn[]}
 */
export function termColumns(layer) {
  const { scaling, softcap } = layer;
  const bias = biasKind(layer);
  /** @type {TermColumn[]} */
  const columns = [
    scaling === 1
      ? { heading: "q · k", note: "", term: "products" }
      : { heading: "scaled", note: `${shortNumber(scaling)} q·k`, term: "products" },
  ];
  if (softcap !== null) {
    columns.push({ heading: "capped", note: `at ${shortNumber(softcap)}`, term: "capped" });
  }
  if (bias === null) {
    const { note, term } = columns[columns.length - 1];
    columns[columns.length - 1] = {
      heading: "score",
      note: term === "capped" ? `capped ${note}` : note,
      term: "scores",
    };
  } else {
    columns.push({ heading: "+ bias", note: bias, term: "bias" });
    columns.push({ heading: "= score", note: "", term: "scores" });
  }
  return columns;
}
