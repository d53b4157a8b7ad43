// Attention as straight lines from queries to keys. One stroke a line, so that overlapping lines
// add up as BertViz's do; lines too faint to change a pixel are left out.

import { LEAST_OPACITY } from "../core/color.js";

/**
 * @typedef {object} LinesOptions
 * @property {Float32Array} weights `[query, key]`, all of them
 * @property {number} numKeys
 * @property {[number, number]} queries the queries to draw: first, one past the last
 * @property {[number, number]} keys the keys to draw
 * @property {number} x1 where queries stand
 * @property {number} x2 where keys stand
 * @property {(query: number) => number} yQuery
 * @property {(key: number) => number} yKey
 * @property {string} color
 * @property {number} [share] factor from weight to opacity
 * @property {number} [width] of a line
 */

/**
 * @param {CanvasRenderingContext2D} context
 * @param {LinesOptions} options
 */
export function drawLines(
  context,
  { weights, numKeys, queries, keys, x1, x2, yQuery, yKey, color, share = 1, width = 2 },
) {
  context.strokeStyle = color;
  context.lineWidth = width;
  for (let query = queries[0]; query < queries[1]; query++) {
    const y1 = yQuery(query);
    const row = query * numKeys;
    for (let key = keys[0]; key < keys[1]; key++) {
      const opacity = weights[row + key] * share;
      if (opacity < LEAST_OPACITY) continue;
      context.globalAlpha = opacity;
      context.beginPath();
      context.moveTo(x1, y1);
      context.lineTo(x2, yKey(key));
      context.stroke();
    }
  }
  context.globalAlpha = 1;
}
