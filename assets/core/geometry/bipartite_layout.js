// The layout of two token columns with lines between them, in pixels.

import { columnLayout } from "./column_layout.js";
import { numTokens } from "./rows.js";

/** @typedef {import("./column_layout.js").Column} Column */
/** @typedef {import("./rows.js").Rows} Rows */

/**
 * The positions of both columns and of the lines, in pixels.
 * @typedef {object} BipartiteLayout
 * @property {number} xQuery left edge of the query column
 * @property {number} queryWidth width of the query column
 * @property {number} keyWidth width of the key column
 * @property {number} x1 where lines begin
 * @property {number} x2 where lines end
 * @property {number} width width of the picture
 * @property {number} height height of the picture
 * @property {Column} queries
 * @property {Column} keys
 */

/**
 * @typedef {object} BipartiteSizes
 * @property {number} queryWidth pixels that the labels of the queries need
 * @property {number} keyWidth pixels that the labels of the keys need
 * @property {{queries: boolean, keys: boolean}} hasNumbers which columns have numbers on their outer side
 * @property {number} availableWidth pixels; if they are too few, the picture is wider
 * @property {number} tokenHeight pixels
 * @property {Rows} queryRows
 * @property {Rows} keyRows
 */

/** Pixels above the first row and below the last. */
export const VERTICAL_MARGIN = 4;
/** Bounds of the lines' width, in pixels. */
const [MIN_LINES_WIDTH, MAX_LINES_WIDTH] = [90, 340];
/** Pixels of width for the numbers beside a column of tokens. */
const NUMBERS_WIDTH = 52;

/**
 * Lay out two columns of tokens with lines between them.
 * @param {BipartiteSizes} sizes
 * @returns {BipartiteLayout}
 */
export function bipartiteLayout(sizes) {
  const { queryWidth, keyWidth, hasNumbers, availableWidth, tokenHeight, queryRows, keyRows } =
    sizes;
  const xQuery = hasNumbers.queries ? NUMBERS_WIDTH : 0;
  const keySideWidth = keyWidth + (hasNumbers.keys ? NUMBERS_WIDTH : 0);
  const x1 = xQuery + queryWidth;
  const linesWidth = availableWidth - x1 - keySideWidth;
  const x2 = x1 + Math.min(MAX_LINES_WIDTH, Math.max(MIN_LINES_WIDTH, linesWidth));
  return {
    xQuery,
    queryWidth,
    keyWidth,
    x1,
    x2,
    width: x2 + keySideWidth,
    height: Math.max(numTokens(queryRows), numTokens(keyRows)) * tokenHeight + 2 * VERTICAL_MARGIN,
    queries: columnLayout(queryRows, VERTICAL_MARGIN, tokenHeight),
    keys: columnLayout(keyRows, VERTICAL_MARGIN, tokenHeight),
  };
}
