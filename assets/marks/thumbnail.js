// A thumbnail: a small picture of one head's attention as lines, from the overview of its layer.

import { numRows, rowAt, rowSize, rowsOf } from "../core/geometry/rows.js";
import { longerSideLength } from "../core/state/attention_part.js";

/** @typedef {import("../core/data/trace.js").Trace} Trace */
/** @typedef {import("../core/data/trace.js").Tensor} Tensor */
/** @typedef {import("../core/state/attention_part.js").AttentionPart} AttentionPart */
/** @typedef {import("../core/geometry/rows.js").Rows} Rows */
/** @typedef {import("../core/data/wire.js").Token} Token */
/** @typedef {import("../drawing/surface.js").LineRenderer} LineRenderer */

/**
 * What the thumbnails show.
 * @typedef {object} ShownPart
 * @property {Trace} trace
 * @property {AttentionPart} attentionPart its spans count units: tokens or words
 * @property {Record<"query" | "key", import("../core/data/units.js").Units>} axes
 * @property {{text: string, words: boolean} | null} filter null if all weights of tokens are shown
 */

/**
 * The queries or the keys of an attention part.
 * @typedef {object} Side
 * @property {Rows} rows
 * @property {number} firstBin the first bin of the overview that belongs to the attention part
 * @property {number[]} rowOfBin the row that contains each bin of the attention part
 * @property {number[]} y middle of each row, in pixels
 */

/**
 * The geometry of the thumbnails of an attention part, equal for all heads and layers.
 * @typedef {object} ThumbnailLayout
 * @property {number} size width and height of a thumbnail, in pixels
 * @property {number} tokenHeight pixels
 * @property {Side} queries
 * @property {Side} keys
 */

/** Empty share of a cell on each side. */
const PADDING = 0.08;

/** Minimum height of a row, in pixels: lines that begin closer to each other look like one line. */
const MIN_ROW_HEIGHT = 2;

/** A byte of the overview is the square root of the weight, in 255 steps. */
const WEIGHT_OF_BYTE = Float32Array.from({ length: 256 }, (_, byte) => (byte / 255) ** 2);

/**
 * Return the geometry of an attention part's thumbnails.
 * @param {ShownPart} shown
 * @param {number} size width and height of a thumbnail, in pixels
 * @returns {ThumbnailLayout}
 */
export function thumbnailLayout({ trace, attentionPart, axes, filter }, size) {
  const { queryBin, keyBin } = trace.bins(attentionPart.component, filter?.words ?? false);
  const tokenHeight = (size * (1 - 2 * PADDING)) / longerSideLength(attentionPart);
  const { queries, keys } = attentionPart;
  const top = size * PADDING;
  return {
    size,
    tokenHeight,
    queries: sideOf(axes.query.tokens, queries, queryBin, tokenHeight, top),
    keys: sideOf(axes.key.tokens, keys, keyBin, tokenHeight, top),
  };
}

/**
 * Return the rows of one side: a row is one bin, or several bins if a bin would be too low.
 * @param {Token[]} tokens of the whole axis
 * @param {[number, number]} span of the attention part
 * @param {number} bin tokens per bin
 * @param {number} tokenHeight pixels
 * @param {number} top upper edge of the first row, in pixels
 * @returns {Side}
 */
function sideOf(tokens, span, bin, tokenHeight, top) {
  // Both sizes are powers of two, so a row consists of whole bins.
  const rows = rowsOf(tokens, span, Math.max(bin, rowSize(tokenHeight, MIN_ROW_HEIGHT)));
  const { edges } = rows;
  const bins = rowsOf(tokens, span, bin);
  return {
    rows,
    firstBin: numRows(rowsOf(tokens, [0, span[0]], bin)),
    rowOfBin: bins.edges.slice(0, -1).map((position) => rowAt(rows, position)),
    y: edges
      .slice(0, -1)
      .map((begin, row) => top + ((begin + edges[row + 1]) / 2 - edges[0]) * tokenHeight),
  };
}

/**
 * Return the width of a line, in pixels.
 * @param {ThumbnailLayout} layout
 * @returns {number}
 */
export function lineWidth({ tokenHeight }) {
  return Math.min(2, Math.max(0.75, tokenHeight * 0.4));
}

/**
 * Draw the thumbnail of one head.
 * @param {LineRenderer} renderer
 * @param {{x: number, y: number}} corner top left corner of the thumbnail, in pixels
 * @param {ThumbnailLayout} layout
 * @param {Tensor} overview uint8 `[head, query_bin, key_bin]` of the layer
 * @param {number} head
 */
export function drawThumbnail(renderer, { x, y }, layout, overview, head) {
  const { size, queries, keys } = layout;
  const [x1, x2] = [x + size * PADDING, x + size * (1 - PADDING)];
  const bytes = largestOfRows(overview, head, queries, keys);
  queries.y.forEach((y1, query) => {
    keys.y.forEach((y2, key) => {
      renderer.line(x1, y + y1, x2, y + y2, WEIGHT_OF_BYTE[bytes[query * keys.y.length + key]]);
    });
  });
}

/**
 * Return the largest byte of the bins of each pair of rows.
 * @param {Tensor} overview uint8 `[head, query_bin, key_bin]`
 * @param {number} head
 * @param {Side} queries
 * @param {Side} keys
 * @returns {Uint8Array} `[query row, key row]`
 */
export function largestOfRows({ data, shape: [, numQueries, numKeys] }, head, queries, keys) {
  const width = numRows(keys.rows);
  const largest = new Uint8Array(numRows(queries.rows) * width);
  queries.rowOfBin.forEach((queryRow, queryBin) => {
    const query = head * numQueries + queries.firstBin + queryBin;
    const begin = query * numKeys + keys.firstBin;
    keys.rowOfBin.forEach((keyRow, keyBin) => {
      const at = queryRow * width + keyRow;
      largest[at] = Math.max(largest[at], Number(data[begin + keyBin]));
    });
  });
  return largest;
}
