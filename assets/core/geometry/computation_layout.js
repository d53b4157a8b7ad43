// The layout of the expanded neuron view, in pixels: from left to right the query tokens, the query
// and key vectors, their products, the key tokens, and the numbers that lead to the weights.

import { columnLayout } from "./column_layout.js";
import { numTokens } from "./rows.js";
import { BUTTON_WIDTH } from "./token_widths.js";

/** @typedef {import("../state/attention_part.js").AttentionPart} AttentionPart */
/** @typedef {import("./column_layout.js").Column} Column */
/** @typedef {import("./rows.js").Rows} Rows */

/**
 * The positions of the columns, in pixels. A column that one step of the computation does not show is null.
 * @typedef {object} ColumnPositions
 * @property {number} queryWidth width of the query tokens' column
 * @property {number} keyWidth width of the key tokens' column
 * @property {number} bandWidth width of a vector
 * @property {number | null} q left edge of the query vectors
 * @property {number} corner where the connectors from a query turn to the rows of the keys
 * @property {number | null} k left edge of the key vectors
 * @property {number | null} outside left edge of the area that is empty for a key outside the window
 * @property {number | null} product left edge of the elementwise products
 * @property {number | null} dot left edge of the dot products
 * @property {number | null} tokens left edge of the key tokens
 * @property {number | null} softmax middle of the heading above the key tokens
 * @property {number | null} reasons left edge of the text that replaces the numbers of a masked key
 * @property {(number | null)[]} terms right edge of each column of numbers before the weights
 * @property {number | null} weight right edge of the weights
 * @property {{x: number, anchor: "start" | "end"} | null} placeholder where the text is that replaces the
 *   computation of a query
 * @property {number} width width of the picture
 * @property {boolean} isStep whether these are the columns of one step only
 */

/**
 * The vertical positions, in pixels.
 * @typedef {object} RowPositions
 * @property {number} height height of the picture
 * @property {Column} queries
 * @property {Column} keys
 * @property {number} queriesEnd lower edge of the last query's row
 * @property {number} keysEnd lower edge of the last key's row
 * @property {number} ySink middle of the sink's row, which is below the keys
 */

/** @typedef {ColumnPositions & RowPositions} ComputationLayout */

/**
 * @typedef {object} ComputationSizes
 * @property {number} queryWidth pixels that the labels of the queries need
 * @property {number} keyWidth pixels that the labels of the keys need
 * @property {number} reasonWidth pixels that the longest text in place of numbers needs
 * @property {number} numTerms columns of numbers before the weights
 * @property {boolean} hasSink whether there is a row for the sink below the keys
 * @property {number} availableWidth pixels; if they are too few, the picture is wider
 * @property {Rows} queryRows rows of one token each
 * @property {Rows} keyRows rows of one token each
 */

/** Pixels of a row, of a vector's band in it, between columns, and of the header. */
export const ROW_HEIGHT = 26;
export const BAND_HEIGHT = 20;
export const COLUMN_GAP = 28;
export const HEADER_HEIGHT = 62;
/** Bounds of a vector's width, in pixels. */
const MIN_BAND_WIDTH = 80;
export const MAX_BAND_WIDTH = 200;
/** Bounds of the width of a column of terms, and width of the column of weights, in pixels. */
const [MIN_TERM_WIDTH, MAX_TERM_WIDTH] = [64, 84];
const WEIGHT_WIDTH = 66;
/** Middle of the heading "Softmax", in pixels from the left edge of the key tokens. */
const SOFTMAX_X = 40;
/** Pixels before the first column of terms, and after the weights. */
const [BEFORE_TERMS, AFTER_WEIGHTS] = [14, 10];
/** Pixels between the last key and the sink's row. */
const BEFORE_SINK = 8;

/**
 * Lay out the expanded neuron view.
 * @param {ComputationSizes} sizes
 * @returns {ComputationLayout}
 */
export function computationLayout(sizes) {
  return { ...columnsLayout(sizes), ...rowsLayout(sizes) };
}

/**
 * Return the horizontal positions.
 * @param {ComputationSizes} sizes
 * @returns {ColumnPositions}
 */
function columnsLayout({ queryWidth, keyWidth, reasonWidth, numTerms, availableWidth }) {
  const q = BUTTON_WIDTH + queryWidth + COLUMN_GAP;
  const beforeTerms = BAND_HEIGHT + COLUMN_GAP + keyWidth + BEFORE_TERMS;
  const widthOfRest = q + 3.5 * COLUMN_GAP + beforeTerms + WEIGHT_WIDTH + AFTER_WEIGHTS;
  const room = availableWidth - widthOfRest;
  // Vectors become narrower first, then the terms.
  const widthPerTerm = Math.floor((room - 3 * MIN_BAND_WIDTH) / numTerms);
  const termWidth = Math.min(MAX_TERM_WIDTH, Math.max(MIN_TERM_WIDTH, widthPerTerm));
  const numbersWidth = Math.max(numTerms * termWidth, reasonWidth);
  const afterBands = beforeTerms + numbersWidth;
  const widthPerBand = Math.floor((room - numbersWidth) / 3);
  const bandWidth = Math.min(MAX_BAND_WIDTH, Math.max(MIN_BAND_WIDTH, widthPerBand));
  const k = q + bandWidth + 1.5 * COLUMN_GAP;
  const product = k + bandWidth + COLUMN_GAP;
  const dot = product + bandWidth + COLUMN_GAP;
  const tokens = dot + BAND_HEIGHT + COLUMN_GAP;
  const termsEnd = dot + afterBands;
  const weight = termsEnd + WEIGHT_WIDTH;
  return {
    queryWidth: BUTTON_WIDTH + queryWidth,
    keyWidth,
    bandWidth,
    q,
    corner: q + bandWidth + 0.75 * COLUMN_GAP,
    k,
    outside: k + bandWidth + COLUMN_GAP / 2,
    product,
    dot,
    tokens,
    softmax: tokens + SOFTMAX_X,
    reasons: tokens + keyWidth + BEFORE_TERMS,
    terms: Array.from(
      { length: numTerms },
      (_, term) => termsEnd - (numTerms - 1 - term) * termWidth,
    ),
    weight,
    placeholder: { x: product, anchor: "start" },
    width: weight + AFTER_WEIGHTS,
    isStep: false,
  };
}

/**
 * Return the vertical positions.
 * @param {Pick<ComputationSizes, "queryRows" | "keyRows" | "hasSink">} sizes
 * @returns {RowPositions}
 */
export function rowsLayout({ queryRows, keyRows, hasSink }) {
  const queriesEnd = HEADER_HEIGHT + numTokens(queryRows) * ROW_HEIGHT;
  const keysEnd = HEADER_HEIGHT + numTokens(keyRows) * ROW_HEIGHT;
  const ySink = keysEnd + BEFORE_SINK + ROW_HEIGHT / 2;
  // Two rows at least, so that the placeholder of an empty computation fits.
  const rowsEnd = Math.max(queriesEnd, keysEnd, HEADER_HEIGHT + 2 * ROW_HEIGHT);
  return {
    height: hasSink ? Math.max(rowsEnd, ySink + ROW_HEIGHT / 2) : rowsEnd,
    queries: columnLayout(queryRows, HEADER_HEIGHT, ROW_HEIGHT),
    keys: columnLayout(keyRows, HEADER_HEIGHT, ROW_HEIGHT),
    queriesEnd,
    keysEnd,
    ySink,
  };
}

/**
 * Return the vector element that is drawn at a point; null if there is no vector.
 * @param {ComputationLayout} layout
 * @param {AttentionPart} attentionPart
 * @param {number} headDim elements of a vector
 * @param {{x: number, y: number}} point pixels of the picture
 * @returns {{vector: "q" | "k" | "product", position: number, dim: number} | null}
 */
export function cellAt(layout, { queries, keys }, headDim, { x, y }) {
  for (const vector of /** @type {const} */ (["q", "k", "product"])) {
    const left = layout[vector];
    if (left === null) continue;
    const dim = Math.floor(((x - left) / layout.bandWidth) * headDim);
    const [begin, end] = vector === "q" ? queries : keys;
    const position = begin + Math.floor((y - HEADER_HEIGHT) / ROW_HEIGHT);
    if (dim >= 0 && dim < headDim && position >= begin && position < end) {
      return { vector, position, dim };
    }
  }
  return null;
}
