// Weights of blocks of tokens: a cell of a zoomed out matrix shows the largest weight or the mean weight
// of several queries on several keys.

import { numRows } from "./rows.js";

/** @typedef {import("../data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("./rows.js").Rows} Rows */
/** @typedef {import("../state/selection.js").Pooling} Pooling */
/** @typedef {import("../formula/weight_source.js").WeightSource} WeightSource */

/**
 * Pool the weights between some tokens of one axis and each row of the other axis. Yields after each
 * token, so that the caller can pause.
 * @param {WeightSource} source
 * @param {TokenPosition["axis"]} axis of the tokens
 * @param {[begin: number, end: number]} span of the tokens
 * @param {Rows} others the rows of the other axis
 * @param {Pooling} pooling
 * @returns {Generator<void, Float32Array>} `[other row]`
 */
export function* pooledWeights(source, axis, [begin, end], others, pooling) {
  const pooled = new Float32Array(numRows(others));
  for (let position = begin; position < end; position++) {
    const weights =
      axis === "query" ? source.weightsOfQuery(position) : source.weightsOfKey(position);
    if (pooling === "max") takeLargest(pooled, weights, others);
    else addWeights(pooled, weights, others);
    yield;
  }
  if (pooling === "mean") {
    const { edges } = others;
    for (let row = 0; row < pooled.length; row++) {
      pooled[row] /= (end - begin) * (edges[row + 1] - edges[row]);
    }
  }
  return pooled;
}

/**
 * @param {Float32Array} pooled `[other row]`
 * @param {Float32Array} weights `[other position]`
 * @param {Rows} others
 */
function takeLargest(pooled, weights, { edges }) {
  for (let row = 0; row < pooled.length; row++) {
    let largest = pooled[row];
    for (let at = edges[row]; at < edges[row + 1]; at++) {
      if (weights[at] > largest) largest = weights[at];
    }
    pooled[row] = largest;
  }
}

/** @type {typeof takeLargest} */
function addWeights(pooled, weights, { edges }) {
  for (let row = 0; row < pooled.length; row++) {
    for (let at = edges[row]; at < edges[row + 1]; at++) pooled[row] += weights[at];
  }
}
