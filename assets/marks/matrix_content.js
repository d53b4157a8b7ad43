// What a matrix shows: the data, the place of its cells and labels, and the cells that are computed.

import { tokenSize } from "../core/geometry/matrix_camera.js";
import { MIN_LABEL, matrixAxis } from "../core/geometry/matrix_layout.js";
import { PooledRows } from "../core/geometry/pooled_rows.js";
import { roughRows } from "../core/geometry/rough_rows.js";
import { isSameRows, rowSize, rowsOf } from "../core/geometry/rows.js";
import { longerSideLength } from "../core/state/attention_part.js";
import { SCROLL_BAR } from "../drawing/plane.js";
import { columnWidth } from "./text_width.js";

/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("../core/data/trace.js").Tensor} Tensor */
/** @typedef {import("../core/data/wire.js").Token} Token */
/** @typedef {import("../core/data/wire.js").LayerAttention} LayerAttention */
/** @typedef {import("../core/formula/filtered_weights.js").ComponentFilter} ComponentFilter */
/** @typedef {import("../core/formula/weight_source.js").WeightSource} WeightSource */
/** @typedef {import("../core/geometry/matrix_camera.js").Camera} Camera */
/** @typedef {import("../core/geometry/matrix_camera.js").MatrixBounds} MatrixBounds */
/** @typedef {import("../core/geometry/matrix_layout.js").MatrixAxis} MatrixAxis */
/** @typedef {import("../core/state/attention_part.js").AttentionPart} AttentionPart */
/** @typedef {import("../core/state/selection.js").Pooling} Pooling */

/**
 * The overview of the layer, and the number of tokens of its bins.
 * @typedef {object} MatrixOverview
 * @property {Tensor} overview uint8 `[head, query_bin, key_bin]`
 * @property {number} queryBin
 * @property {number} keyBin
 */

/**
 * @typedef {object} MatrixData
 * @property {Token[]} queryTokens of the whole axis
 * @property {Token[]} keyTokens of the whole axis
 * @property {AttentionPart} attentionPart the part of both axes to show
 * @property {number[]} heads whose mean is shown; empty for none
 * @property {LayerAttention} layer
 * @property {ComponentFilter | null} filter what is hidden; null for nothing
 * @property {WeightSource | null} source of the weights that are shown; null for no head
 * @property {string} color
 * @property {Pooling} pooling
 * @property {() => Promise<MatrixOverview | null>} getOverview returns null if no overview is a bound of
 *   the weights that are shown
 */

/**
 * Widths of the margins, and what is visible at once, in pixels.
 * @typedef {object} MatrixSpace
 * @property {{left: number, top: number}} margin
 * @property {MatrixBounds} bounds
 */

/**
 * @typedef {object} MatrixContent
 * @property {MatrixData} data
 * @property {MatrixSpace} space
 * @property {Record<TokenPosition["axis"], MatrixAxis>} axes
 * @property {PooledRows | null} cells null for no head
 */

/** Bounds of the width of the query labels: the names of the axes are at least above them. In pixels. */
const [MIN_QUERY_LABEL, MAX_QUERY_LABEL] = [72, 150];
/** Maximum height of the key labels, in pixels. */
const MAX_KEY_LABEL = 104;
/** The part of the available width that the query labels take at most. */
const MAX_LABEL_SHARE = 0.28;
/** Pixels around the matrix for its frame. */
const FRAME = 1;

/**
 * Return how a matrix divides its space. The margins do not depend on the scale, so that the matrix stays
 * in place while the reader zooms.
 * @param {MatrixData} data
 * @param {{host: Element, fontSize: number}} font of the labels
 * @param {{width: number, height: number}} available pixels
 * @returns {MatrixSpace}
 */
export function matrixSpace({ queryTokens, keyTokens, attentionPart }, font, available) {
  const { queries, keys } = attentionPart;
  const shorter = Math.min(available.width, available.height) / longerSideLength(attentionPart);
  const widthOf = (
    /** @type {Token[]} */ tokens,
    /** @type {[number, number]} */ span,
    /** @type {number} */ size,
  ) => columnWidth(font.host, tokens, rowsOf(tokens, span, size), font.fontSize);
  const queryWidths = [1, rowSize(shorter, MIN_LABEL)].map((size) =>
    widthOf(queryTokens, queries, size),
  );
  const maxLeft = Math.min(MAX_QUERY_LABEL, Math.floor(available.width * MAX_LABEL_SHARE));
  const margin = {
    left: Math.max(MIN_QUERY_LABEL, Math.min(maxLeft, Math.max(...queryWidths))),
    top: Math.min(MAX_KEY_LABEL, widthOf(keyTokens, keys, 1)),
  };
  const side = Math.min(
    available.width - margin.left - SCROLL_BAR,
    available.height - margin.top - SCROLL_BAR,
  );
  const bounds = {
    numQueries: queries[1] - queries[0],
    numKeys: keys[1] - keys[0],
    side: Math.floor(side) - FRAME,
  };
  return { margin, bounds };
}

/**
 * Lay out a matrix.
 * @param {MatrixData} data
 * @param {MatrixSpace} space
 * @param {Camera} camera
 * @param {MatrixContent | null} previous content, whose computed cells are used again if they show the
 *   same weights
 * @returns {MatrixContent}
 */
export function matrixContent(data, space, camera, previous) {
  const { queryTokens, keyTokens, attentionPart } = data;
  const { width, height } = tokenSize(camera.size, space.bounds);
  const axes = {
    query: matrixAxis(queryTokens, attentionPart.queries, height),
    key: matrixAxis(keyTokens, attentionPart.keys, width),
  };
  return { data, space, axes, cells: cellsOf(data, axes, previous) };
}

/**
 * @param {MatrixData} data
 * @param {MatrixContent["axes"]} axes
 * @param {MatrixContent | null} previous
 * @returns {PooledRows | null}
 */
function cellsOf({ source, pooling }, axes, previous) {
  const [queries, keys] = [axes.query.cells.rows, axes.key.cells.rows];
  const known = previous?.data.source === source && previous?.data.pooling === pooling;
  if (known && previous.cells) {
    const { cells } = previous;
    if (isSameRows(cells.queries, queries) && isSameRows(cells.keys, keys)) return cells;
  }
  return source && new PooledRows(source, queries, keys, pooling);
}

/**
 * Return the rough cells of a matrix, from the overview.
 * @param {MatrixContent} content
 * @param {MatrixOverview} overview
 * @returns {((row: number) => Float32Array) | null} null if the overview is no bound: a cell has more
 *   tokens than a bin, or shows a mean weight
 */
export function roughCells({ data, axes }, { overview, queryBin, keyBin }) {
  const queries = { tokens: data.queryTokens, rows: axes.query.cells.rows, bin: queryBin };
  const keys = { tokens: data.keyTokens, rows: axes.key.cells.rows, bin: keyBin };
  if (data.pooling === "mean" && isPooled({ axes })) return null;
  if (queries.rows.size > queryBin || keys.rows.size > keyBin) return null;
  return roughRows(overview, data.heads, queries, keys);
}

/**
 * Return whether a cell shows several weights.
 * @param {Pick<MatrixContent, "axes">} content
 */
export function isPooled({ axes: { query, key } }) {
  return query.cells.rows.size * key.cells.rows.size > 1;
}
