// Attention as straight lines from queries to keys. One stroke a line, so that overlapping lines
// add up as BertViz's do; lines too faint to change a pixel or out of sight are left out.

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
 * @property {[number, number]} inSight top and bottom of what can be seen: other lines are left out
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
  { weights, numKeys, queries, keys, x1, x2, yQuery, yKey, inSight, color, share = 1, width = 2 },
) {
  const top = inSight[0] - width;
  const bottom = inSight[1] + width;
  context.strokeStyle = color;
  context.lineWidth = width;
  for (let query = queries[0]; query < queries[1]; query++) {
    const y1 = yQuery(query);
    const row = query * numKeys;
    for (let key = keys[0]; key < keys[1]; key++) {
      const opacity = weights[row + key] * share;
      if (opacity < LEAST_OPACITY) continue;
      const y2 = yKey(key);
      if ((y1 < top && y2 < top) || (y1 > bottom && y2 > bottom)) continue;
      context.globalAlpha = opacity;
      context.beginPath();
      context.moveTo(x1, y1);
      context.lineTo(x2, y2);
      context.stroke();
    }
  }
  context.globalAlpha = 1;
}
