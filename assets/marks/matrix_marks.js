// What is highlighted in a matrix: the labels and the bands of the highlighted token, and of the cell that
// the reader points at.

import { positionsOfToken } from "../core/data/token_position.js";
import { rowAt, rowsOf } from "../core/geometry/rows.js";

/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("./matrix_cell.js").MatrixCell} MatrixCell */
/** @typedef {import("./matrix_content.js").MatrixContent} MatrixContent */
/** @typedef {import("./matrix_overlay.js").Band} Band */
/** @typedef {import("./token_column.js").Marks} Marks */

/** @typedef {{token: TokenPosition, isPinned: boolean}} HighlightedToken */

/**
 * Marks of the labels of each axis, and bands over the cells.
 * @typedef {{labels: Record<TokenPosition["axis"], Marks>, bands: Band[]}} MatrixMarks
 */

/**
 * Return the marks of a matrix.
 * @param {MatrixContent} content
 * @param {HighlightedToken | null} highlighted
 * @param {MatrixCell | null} cell
 * @param {number} size tokens that the highlighted token stands for, unless it is pinned
 * @returns {MatrixMarks}
 */
export function marksOf(content, highlighted, cell, size) {
  /** @type {MatrixMarks} */
  const marks = { labels: { query: noMarks(), key: noMarks() }, bands: [] };
  if (cell) {
    for (const axis of /** @type {const} */ (["query", "key"])) {
      const { edges } = content.axes[axis].cells.rows;
      const row = cell[axis];
      marks.labels[axis] = { highlighted: [edges[row]], isPinned: false };
      marks.bands.push({ axis, span: [edges[row], edges[row + 1]], isPinned: false });
    }
  }
  if (!highlighted) return marks;
  const { token, isPinned } = highlighted;
  marks.labels[token.axis] = { highlighted: positionsOfToken(token), isPinned };
  if (isPinned || !cell) {
    const { axis } = token;
    for (const position of positionsOfToken(token)) {
      const span = spanOf(content, { axis, position }, isPinned ? 1 : size);
      marks.bands.push({ axis, span, isPinned });
    }
  }
  return marks;
}

/** @returns {Marks} */
function noMarks() {
  return { highlighted: [], isPinned: false };
}

/**
 * Return the positions of a token and its neighbors.
 * @param {MatrixContent} content
 * @param {TokenPosition} token
 * @param {number} size tokens
 * @returns {[number, number]}
 */
function spanOf({ data, axes }, { axis, position }, size) {
  const { queries, keys } = data.attentionPart;
  const rows = rowsOf(axes[axis].tokens, axis === "query" ? queries : keys, size);
  const row = rowAt(rows, position);
  return [rows.edges[row], rows.edges[row + 1]];
}
