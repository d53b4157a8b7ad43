// Where things stand in a figure, in pixels: pure functions of sizes, no DOM.

import { rowAt } from "./rows.js";

/** @typedef {import("../state/attention_part.js").AttentionPart} AttentionPart */
/** @typedef {import("./rows.js").Rows} Rows */

/**
 * Where two columns of tokens stand, with lines between them.
 * @typedef {object} BipartiteLayout
 * @property {number} xQuery left edge of the query column
 * @property {number} queryWidth of the query column
 * @property {number} keyWidth of the key column
 * @property {number} x1 where lines begin
 * @property {number} x2 where lines end
 * @property {number} width
 * @property {number} height
 * @property {Column} queries
 * @property {Column} keys
 */

/**
 * Where the rows of a column stand.
 * @typedef {object} Column
 * @property {Rows} rows
 * @property {(row: number) => number} y its middle
 * @property {(position: number) => number} yOf the middle of the row that holds a token
 * @property {(row: number) => number} rowHeight
 * @property {(y: number) => number} rowNear the row at a height, or the first or last one
 */

/**
 * Where the columns of the expanded neuron view stand: the left edge of each.
 * @typedef {object} ComputationLayout
 * @property {number} queryWidth of the query column
 * @property {number} keyWidth of the key column
 * @property {number} bandWidth of a vector
 * @property {number} q
 * @property {number} k
 * @property {number} product
 * @property {number} dot
 * @property {number} tokens
 * @property {number} words left edge of what is written instead of numbers
 * @property {number[]} terms right edge of each column of numbers before the weights
 * @property {number} weight right edge of the weights
 * @property {number} width
 * @property {number} height
 * @property {Column} queries
 * @property {Column} keys
 * @property {number} queriesEnd the end of the last query's row
 * @property {number} keysEnd
 * @property {number} ySink middle of the row under the keys
 */

/** Room above the first row and below the last. */
export const MARGIN = 4;
/** Bounds of the room for the lines. */
const [LEAST_LINES, MOST_LINES] = [90, 340];

/** The expanded neuron view: a row, a band in it, the gaps between columns, the headings. */
export const ROW = 26;
export const BAND = 20;
/** Bounds of a vector's width. */
const [LEAST_BAND, MOST_BAND] = [128, 200];
export const GAP = 28;
export const HEADING = 62;
/** Room for the numbers beside a column of tokens. */
const NUMBERS = 52;
/** A column of terms, the column of weights, the space before the first, and after the last. */
const [TERM, WEIGHT] = [84, 66];
const [BEFORE_TERMS, AFTER_TERMS] = [14, 10];
/** Space between the last key and the row of a sink. */
const BEFORE_SINK = 8;
/** Room for the round sign left of the query tokens. */
const SIGN = 20;

/**
 * @typedef {object} BipartiteSizes
 * @property {number} queryWidth that the labels of the queries need
 * @property {number} keyWidth
 * @property {{queries: boolean, keys: boolean}} numbers which columns have numbers outside of them
 * @property {number} room the width that there is
 * @property {number} tokenHeight
 * @property {Rows} queryRows
 * @property {Rows} keyRows
 */

/**
 * @param {BipartiteSizes} sizes
 * @returns {BipartiteLayout}
 */
export function bipartiteLayout(sizes) {
  const { queryWidth, keyWidth, numbers, room, tokenHeight, queryRows, keyRows } = sizes;
  const xQuery = numbers.queries ? NUMBERS : 0;
  const right = keyWidth + (numbers.keys ? NUMBERS : 0);
  const x1 = xQuery + queryWidth;
  const linesWidth = Math.min(MOST_LINES, Math.max(LEAST_LINES, room - x1 - right));
  const x2 = x1 + linesWidth;
  return {
    xQuery,
    queryWidth,
    keyWidth,
    x1,
    x2,
    width: x2 + right,
    height: Math.max(numTokens(queryRows), numTokens(keyRows)) * tokenHeight + 2 * MARGIN,
    queries: columnOf(queryRows, MARGIN, tokenHeight),
    keys: columnOf(keyRows, MARGIN, tokenHeight),
  };
}

/**
 * @param {Rows} rows
 * @param {number} top of the first row
 * @param {number} tokenHeight
 * @returns {Column}
 */
function columnOf(rows, top, tokenHeight) {
  const { edges } = rows;
  const [begin, end] = [edges[0], edges[edges.length - 1]];
  const y = (/** @type {number} */ row) =>
    top + ((edges[row] + edges[row + 1]) / 2 - begin) * tokenHeight;
  return {
    rows,
    y,
    yOf: (position) => y(rowAt(rows, position)),
    rowHeight: (row) => (edges[row + 1] - edges[row]) * tokenHeight,
    rowNear(y) {
      const position = begin + Math.floor((y - top) / tokenHeight);
      return rowAt(rows, Math.max(begin, Math.min(end - 1, position)));
    },
  };
}

/**
 * The rows of a column of which something can be seen.
 * @param {Column} column
 * @param {[number, number]} inSight top and bottom
 * @returns {[number, number]} the first, and one past the last
 */
export function rowsInSight({ rowNear }, [top, bottom]) {
  return [rowNear(top), rowNear(bottom) + 1];
}

/**
 * The tokens in sight of a column that has a row for each.
 * @param {Column} column
 * @param {[number, number]} inSight top and bottom
 * @returns {number[]} positions
 */
export function positionsInSight(column, inSight) {
  return column.rows.edges.slice(...rowsInSight(column, inSight));
}

/**
 * @param {Rows} rows
 * @returns {number}
 */
function numTokens({ edges }) {
  return edges[edges.length - 1] - edges[0];
}

/**
 * @typedef {object} ComputationSizes
 * @property {number} queryWidth that the labels need
 * @property {number} keyWidth
 * @property {number} wordsWidth that the words need which stand in the place of numbers
 * @property {number} numTerms columns of numbers before the weights
 * @property {boolean} hasSink whether there is a row under the keys
 * @property {number} room the width that there is
 * @property {Rows} queryRows of one token each
 * @property {Rows} keyRows
 */

/**
 * @param {ComputationSizes} sizes
 * @returns {ComputationLayout}
 */
export function computationLayout(sizes) {
  const { queryWidth, keyWidth, wordsWidth, numTerms, hasSink, room, queryRows, keyRows } = sizes;
  const q = SIGN + queryWidth + GAP;
  const afterBands = BAND + GAP + keyWidth + BEFORE_TERMS + Math.max(numTerms * TERM, wordsWidth);
  const others = q + 3.5 * GAP + afterBands + WEIGHT + AFTER_TERMS;
  // The numbers stay in sight where the vectors can give way.
  const bandWidth = Math.min(MOST_BAND, Math.max(LEAST_BAND, Math.floor((room - others) / 3)));
  const k = q + bandWidth + 1.5 * GAP;
  const product = k + bandWidth + GAP;
  const dot = product + bandWidth + GAP;
  const tokens = dot + BAND + GAP;
  const words = tokens + keyWidth + BEFORE_TERMS;
  const termsEnd = dot + afterBands;
  const weight = termsEnd + WEIGHT;
  const queriesEnd = HEADING + numTokens(queryRows) * ROW;
  const keysEnd = HEADING + numTokens(keyRows) * ROW;
  const ySink = keysEnd + BEFORE_SINK + ROW / 2;
  // A single row still leaves room for the words of an empty computation.
  const rowsEnd = Math.max(queriesEnd, keysEnd, HEADING + 2 * ROW);
  return {
    queryWidth: SIGN + queryWidth,
    keyWidth,
    bandWidth,
    q,
    k,
    product,
    dot,
    tokens,
    words,
    terms: Array.from({ length: numTerms }, (_, term) => termsEnd - (numTerms - 1 - term) * TERM),
    weight,
    width: weight + AFTER_TERMS,
    height: hasSink ? Math.max(rowsEnd, ySink + ROW / 2) : rowsEnd,
    queries: columnOf(queryRows, HEADING, ROW),
    keys: columnOf(keyRows, HEADING, ROW),
    queriesEnd,
    keysEnd,
    ySink,
  };
}

/**
 * Tokens of the longer side.
 * @param {AttentionPart} attentionPart
 * @returns {number}
 */
export function longerSide({ queries, keys }) {
  return Math.max(queries[1] - queries[0], keys[1] - keys[0]);
}

/**
 * The cell of a vector at a place of the expanded neuron view; null beside the vectors.
 * @param {ComputationLayout} layout
 * @param {AttentionPart} attentionPart
 * @param {number} headDim
 * @param {{x: number, y: number}} place
 * @returns {{vector: "q" | "k" | "product", position: number, dim: number} | null}
 */
export function cellAt(layout, { queries, keys }, headDim, { x, y }) {
  for (const vector of /** @type {const} */ (["q", "k", "product"])) {
    const dim = Math.floor(((x - layout[vector]) / layout.bandWidth) * headDim);
    const [begin, end] = vector === "q" ? queries : keys;
    const position = begin + Math.floor((y - HEADING) / ROW);
    if (dim >= 0 && dim < headDim && position >= begin && position < end) {
      return { vector, position, dim };
    }
  }
  return null;
}
