// What the page says in words and numbers of a layer's formula: pure functions, no DOM.

import { keyHead } from "./attention.js";

/** @typedef {import("../data/wire.js").LayerAttention} LayerAttention */
/** @typedef {import("../data/wire.js").Reach} Reach */
/** @typedef {import("./attention.js").ScoreTerms} ScoreTerms */

/**
 * The formula of a layer with its own numbers, and over which keys it goes.
 * @param {LayerAttention} layer
 * @returns {{equation: string, keyRange: string}}
 */
export function describeFormula(layer) {
  const { scaling, softcap } = layer;
  const product = scaling === 1 ? "q·k" : `${shortNumber(scaling)} q·k`;
  const cap = softcap === null ? "" : shortNumber(softcap);
  const capped = softcap === null ? product : `${cap} tanh(${product} / ${cap})`;
  const bias = biasKind(layer);
  const score = bias === null ? capped : `${capped} + bias ${bias}`;
  return { equation: `weight = softmax(${score})`, keyRange: keysOf(layer) };
}

/**
 * What the bias of a layer goes by; null without one.
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
 * @returns {string}
 */
function keysOf({ reach, allowed, sink }) {
  const keys = reach === null ? (allowed ? "the keys" : "all keys") : reachOf(reach);
  return `over ${keys}${allowed ? " that the mask allows" : ""}${sink ? ", and a sink" : ""}`;
}

/**
 * @param {Reach} reach
 * @returns {string}
 */
function reachOf({ before, after }) {
  if (after === 0 && before === null) return "the keys up to the query's own place";
  if (after === 0 && before === 0) return "the query's own place alone";
  if (after === 0) return `the query's own place and the ${count(before)} before it`;
  if (before === after) return `the keys at most ${count(before)} places away`;
  const from = before === null ? "" : ` from ${count(before)} before`;
  const to = after === null ? "" : ` to ${count(after)} after`;
  return `the keys${from}${to} the query`;
}

/**
 * Why a key may not be seen, in the words beside it.
 * @param {LayerAttention} layer
 * @param {"later" | "outside" | "mask"} hidden
 * @returns {string}
 */
export function maskReasonText({ reach }, hidden) {
  if (hidden === "later") return "later";
  if (hidden === "mask") return "masked";
  const { before = null, after = null } = reach ?? {};
  if (before === null || after === null) return "outside the window";
  return `outside the window of ${count(before + 1 + after)}`;
}

/**
 * Which query heads share the key head of a head; null where each has its own.
 * @param {Pick<LayerAttention, "num_heads" | "num_key_value_heads">} layer
 * @param {number} head
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
 * A column of numbers that leads from `q · k` to the weight.
 * @typedef {object} TermColumn
 * @property {string} heading
 * @property {string} note under it
 * @property {keyof ScoreTerms} term
 */

/**
 * The columns that a layer has: the last one is the score.
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

/**
 * Decimals with which numbers of this size can be told apart and added up, one to three.
 * @param {Iterable<number>} values
 * @returns {number}
 */
export function decimalsFor(values) {
  let largest = 0;
  for (const value of values)
    if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  if (largest < 100) return 3;
  return largest < 1000 ? 2 : 1;
}

/**
 * A number with fixed decimals and a true minus sign; no minus before zero.
 * @param {number} value
 * @param {number} decimals
 * @returns {string}
 */
export function fixedNumber(value, decimals) {
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}

/**
 * Four digits of a number of the formula.
 * @param {number} value
 * @returns {string}
 */
export function shortNumber(value) {
  return String(Number(value.toPrecision(4))).replace("-", "−");
}

/**
 * @param {number | null} value
 * @returns {string} with the thousands apart
 */
function count(value) {
  return (value ?? 0).toLocaleString("en-US");
}
