// Where things stand in a figure, in pixels: pure functions of sizes, no DOM.

/** @typedef {import("./block.js").Block} Block */

/**
 * Where two columns of tokens stand, with lines between them.
 * @typedef {object} BipartiteLayout
 * @property {number} xQuery left edge of the query column
 * @property {number} queryWidth of the query column
 * @property {number} keyWidth of the key column
 * @property {number} x1 where lines begin
 * @property {number} x2 where lines end
 * @property {number} rowHeight
 * @property {number} width
 * @property {number} height
 * @property {(query: number) => number} yQuery middle of a query's row
 * @property {(key: number) => number} yKey middle of a key's row
 */

/**
 * Where the columns of the expanded neuron view stand: the left edge of each.
 * @typedef {object} ComputationLayout
 * @property {number} queryWidth of the query column
 * @property {number} keyWidth of the key column
 * @property {number} q
 * @property {number} k
 * @property {number} product
 * @property {number} dot
 * @property {number} tokens
 * @property {number} width
 * @property {number} height
 * @property {(query: number) => number} yQuery middle of a query's row
 * @property {(key: number) => number} yKey middle of a key's row
 */

/** Room above the first row and below the last. */
const MARGIN = 4;
/** Bounds of the room for the lines. */
const [LEAST_LINES, MOST_LINES] = [90, 340];

/** The expanded neuron view: a row, a band in it, the gaps between columns, the headings. */
export const ROW = 26;
export const BAND = 20;
export const BAND_WIDTH = 200;
export const GAP = 28;
export const HEADING = 48;
/** Room for the numbers beside a column of tokens. */
const NUMBERS = 52;
/** Room for the round sign left of the query tokens. */
const SIGN = 20;

/**
 * @typedef {object} BipartiteSizes
 * @property {number} queryWidth that the labels of the queries need
 * @property {number} keyWidth
 * @property {{queries: boolean, keys: boolean}} numbers which columns have numbers outside of them
 * @property {number} room the width that there is
 * @property {number} rowHeight
 * @property {Block} block
 */

/**
 * @param {BipartiteSizes} sizes
 * @returns {BipartiteLayout}
 */
export function bipartiteLayout({ queryWidth, keyWidth, numbers, room, rowHeight, block }) {
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
    rowHeight,
    width: x2 + right,
    height: rowsOf(block) * rowHeight + 2 * MARGIN,
    yQuery: middles(block.queries, MARGIN, rowHeight),
    yKey: middles(block.keys, MARGIN, rowHeight),
  };
}

/**
 * @param {{queryWidth: number, keyWidth: number, block: Block}} options what the labels need
 * @returns {ComputationLayout}
 */
export function computationLayout({ queryWidth, keyWidth, block }) {
  const q = SIGN + queryWidth + GAP;
  const k = q + BAND_WIDTH + 1.5 * GAP;
  const product = k + BAND_WIDTH + GAP;
  const dot = product + BAND_WIDTH + GAP;
  const tokens = dot + BAND + GAP;
  return {
    queryWidth: SIGN + queryWidth,
    keyWidth,
    q,
    k,
    product,
    dot,
    tokens,
    width: tokens + keyWidth + NUMBERS,
    // A single row still leaves room for the words of an empty computation.
    height: HEADING + Math.max(2, rowsOf(block)) * ROW,
    yQuery: middles(block.queries, HEADING, ROW),
    yKey: middles(block.keys, HEADING, ROW),
  };
}

/**
 * The positions of a span whose rows can be seen.
 * @param {[number, number]} span
 * @param {(position: number) => number} y middle of a row
 * @param {number} rowHeight
 * @param {[number, number]} inSight top and bottom
 * @returns {number[]}
 */
export function rowsInSight([begin, end], y, rowHeight, [top, bottom]) {
  const first = Math.max(begin, begin + Math.floor((top - y(begin)) / rowHeight));
  const last = Math.min(end, begin + Math.ceil((bottom - y(begin)) / rowHeight) + 1);
  return Array.from({ length: Math.max(0, last - first) }, (_, index) => first + index);
}

/**
 * Rows of the longer column.
 * @param {Block} block
 * @returns {number}
 */
export function rowsOf({ queries, keys }) {
  return Math.max(queries[1] - queries[0], keys[1] - keys[0]);
}

/**
 * @param {[number, number]} span
 * @param {number} top of the first row
 * @param {number} rowHeight
 * @returns {(position: number) => number}
 */
function middles([begin], top, rowHeight) {
  return (position) => top + (position - begin + 0.5) * rowHeight;
}
