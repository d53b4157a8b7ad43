// The weights between the highlighted row and the rows of the other axis.

import { positionsOfToken } from "../data/token_position.js";

/** @typedef {import("../data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("../formula/hidden_lines.js").HiddenLines} HiddenLines */
/** @typedef {import("./weight_ranking.js").WeightRanking} WeightRanking */

/**
 * What the weights of a row are compared with.
 * @typedef {object} ComparedWith
 * @property {string} name of the other run
 * @property {{own: Float32Array, other: Float32Array} | null} runs the weights of this run and of the other run,
 *   `[other row]`; null if a row has several tokens
 */

/**
 * What a figure reports about the highlighted row.
 * @typedef {object} HighlightedRow
 * @property {TokenPosition} token the highlighted token, or several
 * @property {boolean} isPinned
 * @property {string} subject the label of the row, or the labels of several rows
 * @property {(index: number) => string} nameOf returns the label of a row of the other axis
 * @property {(index: number) => number} positionOf returns the position of the first token of a row of
 *   the other axis
 * @property {(index: number) => TokenPosition | null} targetOf returns the token to highlight for a row
 *   of the other axis; null if the figure cannot highlight it
 * @property {Float32Array} weights `[other row]`, the mean over the heads; of several queries the mean,
 *   and of several keys the sum. In a comparison, they are the differences from the weights of the other run,
 *   NaN where that run has no aligned tokens.
 * @property {WeightRanking} ranking the largest of the weights, or of the magnitudes of the differences
 * @property {ComparedWith | null} compared null if the weights are no differences
 * @property {HiddenLines | null} hidden what a filter hides of the row; null without a filter, and if a
 *   row has several tokens
 * @property {number[]} keyPositions the positions of the tokens on the key axis; empty if they are no
 *   keys
 * @property {number} numHeads
 * @property {() => HighlightedRow | null} opposite returns the weights of the same token in the other
 *   direction; null if the token is not on both axes
 */

/**
 * Return the weights of several tokens together: of queries the mean, which is a distribution as the row
 * of each is; of keys the sum, which is what the queries give to all of them.
 * @param {TokenPosition} token one or several tokens
 * @param {(token: TokenPosition) => Float32Array} weightsOf returns the weights of one token,
 *   `[other row]`
 * @returns {Float32Array} `[other row]`
 */
export function combinedWeights(token, weightsOf) {
  const { axis } = token;
  const rows = positionsOfToken(token).map((position) => weightsOf({ axis, position }));
  if (rows.length === 1) return rows[0];
  const divisor = axis === "query" ? rows.length : 1;
  return rows[0].map((_, at) => rows.reduce((sum, row) => sum + row[at], 0) / divisor);
}

/**
 * Return how far numbers are from 0.
 * @param {Float32Array} numbers
 * @returns {Float32Array} 0 for NaN
 */
export function magnitudes(numbers) {
  return numbers.map((number) => Math.abs(number) || 0);
}

/**
 * Return the mean over heads.
 * @param {Float32Array[]} heads the weights of each head, `[other row]`; at least one head
 * @returns {Float32Array} `[other row]`
 */
export function meanWeights(heads) {
  return heads[0].map((_, row) => heads.reduce((sum, head) => sum + head[row], 0) / heads.length);
}
