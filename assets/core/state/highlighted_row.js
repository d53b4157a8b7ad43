// What the lit row has to do with the rows on the other side: what a figure says in numbers.

/** @typedef {import("../data/token_position.js").TokenPosition} TokenPosition */

/**
 * @typedef {object} HighlightedRow
 * @property {TokenPosition} token
 * @property {boolean} isPinned
 * @property {string} subject what the row is called
 * @property {(index: number) => string} nameOf a row on the other side
 * @property {Float32Array} weights one for each of them, the mean over the heads
 * @property {number} numHeads
 */

/**
 * The mean over some heads.
 * @param {Float32Array[]} heads the weights of each, `[other row]`; at least one
 * @returns {Float32Array} `[other row]`
 */
export function meanWeights(heads) {
  return heads[0].map((_, row) => heads.reduce((sum, head) => sum + head[row], 0) / heads.length);
}

/**
 * @param {Float32Array} weights
 * @param {number} most how many to name
 * @returns {number[]} the indices of the largest weights, largest first; none that would read 0.00
 */
export function strongestRows(weights, most) {
  return [...weights.keys()]
    .filter((index) => weights[index] >= 0.005)
    .sort((a, b) => weights[b] - weights[a])
    .slice(0, most);
}
