// The layout of a matrix of queries and keys: the rows of its cells and of its labels, in pixels from
// the top left corner of the whole matrix.

import { columnLayout } from "./column_layout.js";
import { rowSize, rowsOf } from "./rows.js";

/** @typedef {import("../data/wire.js").Token} Token */
/** @typedef {import("./column_layout.js").Column} Column */

/**
 * The queries or the keys of a matrix. A position on the axis of the keys is a distance from the left
 * edge, although a column calls it y.
 * @typedef {object} MatrixAxis
 * @property {Token[]} tokens of the whole axis
 * @property {Column} cells the rows of tokens that share a cell
 * @property {Column} labels the rows of tokens that share a label
 * @property {number} length of the axis, in pixels
 * @property {number | null} border between two segments, in pixels; null if there is none
 */

/** Minimum width and height of a cell, in pixels: smaller cells are pooled. */
export const MIN_CELL = 2;
/** Minimum height of a label, in pixels. */
export const MIN_LABEL = 16;

/**
 * Lay out one axis.
 * @param {Token[]} tokens of the whole axis
 * @param {[number, number]} span of the attention part
 * @param {number} tokenSize pixels of a token along the axis
 * @returns {MatrixAxis}
 */
export function matrixAxis(tokens, span, tokenSize) {
  const [begin, end] = span;
  const columnOf = (/** @type {number} */ minSize) =>
    columnLayout(rowsOf(tokens, span, rowSize(tokenSize, minSize)), 0, tokenSize);
  const segmentB = tokens.findIndex(({ segment }) => segment === "B");
  return {
    tokens,
    cells: columnOf(MIN_CELL),
    labels: columnOf(MIN_LABEL),
    length: (end - begin) * tokenSize,
    border: segmentB > begin && segmentB < end ? (segmentB - begin) * tokenSize : null,
  };
}

/**
 * Return the range of rows whose middle is visible, so that no label sticks out of the visible part.
 * @param {Column} column
 * @param {[number, number]} viewport begin and end, in pixels
 * @returns {[number, number]} the same viewport without the rows that are less than half visible
 */
export function viewportOfLabels(column, [begin, end]) {
  const first = column.rowNear(begin);
  const last = column.rowNear(end);
  const isCut = (/** @type {number} */ row) =>
    column.yOfRow(row) < begin || column.yOfRow(row) > end;
  const tolerance = 0.01;
  return [
    isCut(first) ? column.yOfRow(first) + column.rowHeight(first) / 2 + tolerance : begin,
    isCut(last) ? column.yOfRow(last) - column.rowHeight(last) / 2 - tolerance : end,
  ];
}
