// How many lines of a picture a filter hides.

import { unfilteredWeights } from "./filtered_weights.js";

/**
 * @typedef {object} HiddenLines
 * @property {number} lines that are visible without a filter
 * @property {number} hiddenLines of these
 * @property {number} weight the sum of all weights
 * @property {number} hiddenWeight the sum of those that are hidden
 */

/** @type {HiddenLines} */
export const NO_LINES = Object.freeze({ lines: 0, hiddenLines: 0, weight: 0, hiddenWeight: 0 });

/**
 * Add the lines of a row to those of other rows.
 * @param {HiddenLines} sums of the other rows
 * @param {Float32Array} all the weights of the row without a filter
 * @param {Float32Array} shown the weights that the filter shows, 0 for a hidden weight
 * @param {number} minimum the smallest weight of a visible line
 * @returns {HiddenLines}
 */
export function addHiddenLines(sums, all, shown, minimum) {
  let { lines, hiddenLines, weight, hiddenWeight } = sums;
  for (let at = 0; at < all.length; at++) {
    const isLine = all[at] >= minimum;
    weight += all[at];
    if (isLine) lines++;
    if (shown[at] > 0) continue;
    hiddenWeight += all[at];
    if (isLine) hiddenLines++;
  }
  return { lines, hiddenLines, weight, hiddenWeight };
}

/**
 * Return what a filter hides of the lines of a token.
 * @param {object} figure
 * @param {import("../data/wire.js").LayerAttention} figure.layer
 * @param {number[]} figure.heads of which the weights are the mean
 * @param {import("./filtered_weights.js").ComponentFilter | null} figure.filter
 * @param {{queries: [number, number], keys: [number, number]}} figure.attentionPart
 * @param {import("../data/token_position.js").TokenPosition} token
 * @param {Float32Array} shown the weights that the filter shows, of the attention part
 * @param {number} minimum the smallest weight of a visible line
 * @returns {HiddenLines | null} null without a filter, without heads, or for several tokens
 */
export function hiddenOfToken({ layer, heads, filter, attentionPart }, token, shown, minimum) {
  if (!filter || heads.length === 0) return null;
  const span = token.axis === "query" ? attentionPart.keys : attentionPart.queries;
  // What is hidden of several tokens depends on each of them.
  if (token.others) return null;
  const all = unfilteredWeights(layer, heads, filter)(token).subarray(...span);
  return addHiddenLines(NO_LINES, all, shown, minimum);
}
