// The layout of two token columns with lines between them, in pixels.

import { columnLayout } from "./column_layout.js";
import { numTokens } from "./rows.js";
import { MIN_TOKEN_WIDTH, shareWidth } from "./token_widths.js";

/** @typedef {import("./column_layout.js").Column} Column */
/** @typedef {import("./rows.js").Rows} Rows */

/**
 * The positions of both columns and of the lines, in pixels.
 * @typedef {object} BipartiteLayout
 * @property {number} xQuery left edge of the query column
 * @property {number} queryWidth width of the query column
 * @property {number} keyWidth width of the key column
 * @property {number} x1 where lines begin
 * @property {number} x1OfKey where lines begin while only those of one key are drawn
 * @property {number} x2 where lines end
 * @property {number} xQueryNumbers left edge of the numbers beside the queries
 * @property {number} xKeyNumbers right edge of the numbers beside the keys
 * @property {boolean} hasProbabilities whether there is room for probabilities beside predictions, which are
 *   left of the queries
 * @property {number} width width of the picture
 * @property {number} height height of the picture
 * @property {Column} queries
 * @property {Column} keys
 */

/**
 * @typedef {object} BipartiteSizes
 * @property {number} queryWidth pixels that the labels of the queries need
 * @property {number} keyWidth pixels that the labels of the keys need
 * @property {{queries: boolean, keys: boolean}} hasNumbers which columns have numbers beside them
 * @property {boolean} [hasPredictions] whether there is a column of predictions left of the queries
 * @property {number} availableWidth pixels; below MIN_PICTURE_WIDTH, the picture is wider
 * @property {number} tokenHeight pixels
 * @property {Rows} queryRows
 * @property {Rows} keyRows
 */

/** Pixels above the first row and below the last. */
export const VERTICAL_MARGIN = 4;
/** Bounds of the lines' width, in pixels. */
const [MIN_LINES_WIDTH, MAX_LINES_WIDTH] = [80, 340];
/** Pixels of width for the numbers beside a column of tokens. */
const NUMBERS_WIDTH = 48;
/** Pixels between the numbers and the edge of the picture, or the tokens beside them. */
const NUMBERS_PADDING = 2;
/** Width of the lines below which the numbers of the queries take no space of their own, in pixels. */
const MIN_LINES_WIDTH_BETWEEN_NUMBERS = 160;

/** Bounds of the width of the predictions, in pixels. */
const [MIN_PREDICTIONS_WIDTH, MAX_PREDICTIONS_WIDTH] = [56, 128];
/** Width of the predictions from which they have probabilities beside them, in pixels. */
const MIN_WIDTH_WITH_PROBABILITIES = 88;
/** Width of the lines below which the predictions become narrower, in pixels. */
const MIN_LINES_WIDTH_BESIDE_PREDICTIONS = 90;

/** The least available width into which each picture without predictions fits, in pixels. */
export const MIN_PICTURE_WIDTH = 2 * MIN_TOKEN_WIDTH + MIN_LINES_WIDTH + NUMBERS_WIDTH;

/**
 * Lay out two columns of tokens with lines between them.
 * @param {BipartiteSizes} sizes
 * @returns {BipartiteLayout}
 */
export function bipartiteLayout(sizes) {
  return { ...columnsLayout(sizes), ...rowsLayout(sizes) };
}

/**
 * Return the horizontal positions. If the picture is narrow, the numbers of the queries are not left of
 * the queries, where their space would be empty most of the time, but right of them: the lines of a
 * highlighted key begin behind the numbers. If predictions are left of the queries, the numbers are right
 * of them too.
 * @param {BipartiteSizes} sizes
 */
function columnsLayout(sizes) {
  const { hasNumbers, availableWidth, hasPredictions = false } = sizes;
  const keyNumbersWidth = hasNumbers.keys ? NUMBERS_WIDTH : 0;
  const predictionsWidth = hasPredictions ? widthOfPredictions(sizes, keyNumbersWidth) : 0;
  const widthForTokens = availableWidth - MIN_LINES_WIDTH - keyNumbersWidth - predictionsWidth;
  const { queryWidth, keyWidth } = shareWidth(sizes.queryWidth, sizes.keyWidth, widthForTokens);
  const widthOfRest = queryWidth + keyWidth + keyNumbersWidth;
  const widthBetweenNumbers = availableWidth - widthOfRest - NUMBERS_WIDTH;
  const isNarrow =
    hasNumbers.queries && (hasPredictions || widthBetweenNumbers < MIN_LINES_WIDTH_BETWEEN_NUMBERS);
  const xQuery = hasNumbers.queries && !isNarrow ? NUMBERS_WIDTH : predictionsWidth;
  const x1 = xQuery + queryWidth;
  const linesWidth = availableWidth - widthOfRest - xQuery;
  const x2 = x1 + Math.min(MAX_LINES_WIDTH, Math.max(MIN_LINES_WIDTH, linesWidth));
  const width = x2 + keyWidth + keyNumbersWidth;
  return {
    xQuery,
    queryWidth,
    keyWidth,
    x1,
    x1OfKey: isNarrow ? x1 + NUMBERS_WIDTH : x1,
    x2,
    xQueryNumbers: (isNarrow ? x1 : 0) + NUMBERS_PADDING,
    xKeyNumbers: width - NUMBERS_PADDING,
    hasProbabilities: predictionsWidth >= MIN_WIDTH_WITH_PROBABILITIES,
    width,
  };
}

/**
 * Return the width of the predictions. The columns of tokens become narrower than their labels only to make
 * room for probabilities.
 * @param {BipartiteSizes} sizes
 * @param {number} keyNumbersWidth pixels
 * @returns {number} pixels
 */
function widthOfPredictions({ queryWidth, keyWidth, availableWidth }, keyNumbersWidth) {
  const widthOfRest = queryWidth + keyWidth + keyNumbersWidth + MIN_LINES_WIDTH_BESIDE_PREDICTIONS;
  const available = availableWidth - MIN_PICTURE_WIDTH;
  const wanted = Math.max(MIN_WIDTH_WITH_PROBABILITIES, availableWidth - widthOfRest);
  return Math.max(MIN_PREDICTIONS_WIDTH, Math.min(MAX_PREDICTIONS_WIDTH, wanted, available));
}

/**
 * Return the vertical positions.
 * @param {BipartiteSizes} sizes
 */
function rowsLayout({ tokenHeight, queryRows, keyRows }) {
  return {
    height: Math.max(numTokens(queryRows), numTokens(keyRows)) * tokenHeight + 2 * VERTICAL_MARGIN,
    queries: columnLayout(queryRows, VERTICAL_MARGIN, tokenHeight),
    keys: columnLayout(keyRows, VERTICAL_MARGIN, tokenHeight),
  };
}
