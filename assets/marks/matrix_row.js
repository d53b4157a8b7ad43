// The weights of a highlighted token of a matrix, as the inspector describes them.

import { oppositeOf } from "../core/data/token_position.js";
import { hiddenOfToken } from "../core/formula/hidden_lines.js";
import { columnLayout } from "../core/geometry/column_layout.js";
import { MIN_OPACITY } from "../core/geometry/head_lines.js";
import { numRows, rowAt, rowsOf } from "../core/geometry/rows.js";
import { highlightedRow } from "./highlighted_row.js";

/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("../core/formula/weight_source.js").WeightSource} WeightSource */
/** @typedef {import("../core/geometry/rows.js").Rows} Rows */
/** @typedef {import("../core/state/highlighted_row.js").HighlightedRow} HighlightedRow */
/** @typedef {import("./highlighted_row.js").FigureRows} FigureRows */
/** @typedef {import("./matrix_content.js").MatrixContent} MatrixContent */

/**
 * Return the description of a token: the weights of its row or column, computed from the source.
 * @param {MatrixContent} content with at least one head
 * @param {TokenPosition} token
 * @param {boolean} isPinned
 * @returns {HighlightedRow}
 */
export function rowOfToken(content, token, isPinned) {
  const { source, attentionPart } = content.data;
  const { weightsOfQuery, weightsOfKey } = /** @type {WeightSource} */ (source);
  const weightsOf = (/** @type {TokenPosition} */ { axis, position }) =>
    axis === "query"
      ? weightsOfQuery(position).slice(...attentionPart.keys)
      : weightsOfKey(position).slice(...attentionPart.queries);
  const hiddenOf = (/** @type {TokenPosition} */ each, /** @type {Float32Array} */ shown) =>
    hiddenOfToken(content.data, each, shown, MIN_OPACITY);
  const figure = { ...figureOf(content, 1, weightsOf), hiddenOf };
  return highlightedRow(figure, token, isPinned);
}

/**
 * Return the description of neighboring tokens: their largest weights. These come from the cells of the
 * picture, because the weights of a hundred tokens take longer than a frame.
 * @param {MatrixContent} content with at least one head
 * @param {TokenPosition} token the first of them
 * @param {number} size tokens that are described together
 * @returns {HighlightedRow | null} null if the cells are not known, or are not the largest weights
 */
export function rowOfNeighbors(content, token, size) {
  const figure = figureOf(content, size, (each) => {
    return largestWeights(content, figure, each) ?? new Float32Array(0);
  });
  const weights = largestWeights(content, figure, token);
  if (!weights) return null;
  const opposite = { ...token, axis: oppositeOf(token.axis) };
  const row = highlightedRow(figure, token, false, weights);
  const known = largestWeights(content, figure, opposite);
  return { ...row, opposite: () => (known ? row.opposite() : null) };
}

/**
 * @param {MatrixContent} content
 * @param {number} size tokens per row
 * @param {FigureRows["weightsOf"]} weightsOf
 * @returns {FigureRows}
 */
function figureOf({ data }, size, weightsOf) {
  const { queries, keys } = data.attentionPart;
  const columnOf = (
    /** @type {MatrixContent["data"]["queryTokens"]} */ tokens,
    /** @type {[number, number]} */ span,
  ) => columnLayout(rowsOf(tokens, span, size), 0, 1);
  return {
    sides: {
      query: { tokens: data.queryTokens, column: columnOf(data.queryTokens, queries) },
      key: { tokens: data.keyTokens, column: columnOf(data.keyTokens, keys) },
    },
    axes: ["query", "key"],
    numHeads: data.heads.length,
    weightsOf,
  };
}

/**
 * Return the largest weights between the row of a token and each row of the other axis.
 * @param {MatrixContent} content
 * @param {FigureRows} figure rows that consist of whole cells
 * @param {TokenPosition} token
 * @returns {Float32Array | null} `[other row]`; null if a cell is not known
 */
function largestWeights({ data, axes, cells }, { sides }, { axis, position }) {
  const other = oppositeOf(axis);
  const own = sides[axis].column.rows;
  const others = sides[other].column.rows;
  const [ownCells, otherCells] = [axes[axis].cells.rows, axes[other].cells.rows];
  if (data.pooling !== "max" || !cells || otherCells.size > others.size) return null;
  if (position < own.edges[0] || position >= own.edges[numRows(own)]) return null;
  const [first, end] = cellsOfRow(ownCells, own, rowAt(own, position));
  const largest = new Float32Array(numRows(others));
  for (let row = 0; row < largest.length; row++) {
    const [firstOther, endOther] = cellsOfRow(otherCells, others, row);
    for (let cell = first; cell < end; cell++) {
      for (let otherCell = firstOther; otherCell < endOther; otherCell++) {
        const [query, key] = axis === "query" ? [cell, otherCell] : [otherCell, cell];
        const weights = cells.get(query);
        if (!weights) return null;
        largest[row] = Math.max(largest[row], weights[key]);
      }
    }
  }
  return largest;
}

/**
 * Return the cells of a row.
 * @param {Rows} cells
 * @param {Rows} rows that consist of whole cells
 * @param {number} row
 * @returns {[first: number, end: number]} `end` is one past the last
 */
function cellsOfRow(cells, { edges }, row) {
  return [rowAt(cells, edges[row]), rowAt(cells, edges[row + 1] - 1) + 1];
}
