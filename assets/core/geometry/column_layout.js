// The vertical positions of the rows of a token column, in pixels.

import { rowAt } from "./rows.js";

/** @typedef {import("./rows.js").Rows} Rows */

/**
 * The rows of a column and their vertical positions. All heights are in pixels of the picture.
 * @typedef {object} Column
 * @property {Rows} rows
 * @property {(row: number) => number} yOfRow the middle of a row
 * @property {(position: number) => number} yOfToken the middle of the row that contains a token
 * @property {(row: number) => number} rowHeight
 * @property {(y: number) => number} rowNear the row at a height; the first or last row if there is none
 */

/**
 * Lay out the rows of a column.
 * @param {Rows} rows
 * @param {number} top upper edge of the first row, in pixels
 * @param {number} tokenHeight pixels
 * @returns {Column}
 */
export function columnLayout(rows, top, tokenHeight) {
  const { edges } = rows;
  const [begin, end] = [edges[0], edges[edges.length - 1]];
  const yOfRow = (/** @type {number} */ row) =>
    top + ((edges[row] + edges[row + 1]) / 2 - begin) * tokenHeight;
  return {
    rows,
    yOfRow,
    yOfToken: (position) => yOfRow(rowAt(rows, position)),
    rowHeight: (row) => (edges[row + 1] - edges[row]) * tokenHeight,
    rowNear(y) {
      const position = begin + Math.floor((y - top) / tokenHeight);
      return rowAt(rows, Math.max(begin, Math.min(end - 1, position)));
    },
  };
}

/**
 * Return the range of rows that are at least partly visible.
 * @param {Column} column
 * @param {[number, number]} viewport top and bottom, in pixels of the picture
 * @returns {[number, number]} the first visible row, and one past the last
 */
export function visibleRows({ rowNear }, [top, bottom]) {
  return [rowNear(top), rowNear(bottom) + 1];
}

/**
 * Return the positions of the visible tokens of a column with one token per row.
 * @param {Column} column
 * @param {[number, number]} viewport top and bottom, in pixels of the picture
 * @returns {number[]} positions in the whole axis
 */
export function visiblePositions(column, viewport) {
  return column.rows.edges.slice(...visibleRows(column, viewport));
}
