// One head at a glance: a small picture of lines, made from the overview of its layer.

import { longerSide } from "../core/layout.js";
import { numRows, rowAt, rowSize, rowsOf } from "../core/rows.js";
import { createPen, drawLine } from "./lines.js";

/** @typedef {import("../core/trace.js").Trace} Trace */
/** @typedef {import("../core/trace.js").Tensor} Tensor */
/** @typedef {import("../core/block.js").Block} Block */
/** @typedef {import("../core/rows.js").Rows} Rows */
/** @typedef {import("../core/wire.js").Token} Token */

/**
 * The queries or the keys of a block.
 * @typedef {object} Side
 * @property {Rows} rows
 * @property {number} firstBin of the overview that belongs to the block
 * @property {number[]} rowOfBin of each bin of the block
 */

/**
 * How the pictures of a block are made from overviews: alike for all heads and layers.
 * @typedef {object} ThumbnailLayout
 * @property {number} size of a picture, in pixels
 * @property {number} tokenHeight pixels
 * @property {Side} queries
 * @property {Side} keys
 */

/** Share of a cell that stays free on each side. */
const PADDING = 0.08;

/** Pixels of a row at least: lines that begin closer to each other cannot be told apart. */
const LEAST_ROW = 2;

/** A byte of the overview is the square root of the weight, in 255 steps. */
const WEIGHT_OF_BYTE = Float32Array.from({ length: 256 }, (_, byte) => (byte / 255) ** 2);

/**
 * @param {Trace} trace
 * @param {Block} block
 * @param {number} size of a picture, in pixels
 * @returns {ThumbnailLayout}
 */
export function thumbnailLayout(trace, block, size) {
  const { query_bin, key_bin } = trace.component(block.component);
  const tokenHeight = (size * (1 - 2 * PADDING)) / longerSide(block);
  const { component, queries, keys } = block;
  return {
    size,
    tokenHeight,
    queries: sideOf(trace.queryTokens(component), queries, query_bin, tokenHeight),
    keys: sideOf(trace.keyTokens(component), keys, key_bin, tokenHeight),
  };
}

/**
 * @param {Token[]} tokens of the whole axis
 * @param {[number, number]} span of the block
 * @param {number} bin tokens of a bin
 * @param {number} tokenHeight pixels
 * @returns {Side}
 */
function sideOf(tokens, span, bin, tokenHeight) {
  // Both are powers of two: a row is made of whole bins.
  const rows = rowsOf(tokens, span, Math.max(bin, rowSize(tokenHeight, LEAST_ROW)));
  const bins = rowsOf(tokens, span, bin);
  return {
    rows,
    firstBin: numRows(rowsOf(tokens, [0, span[0]], bin)),
    rowOfBin: bins.edges.slice(0, -1).map((position) => rowAt(rows, position)),
  };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{x: number, y: number}} corner pixels
 * @param {ThumbnailLayout} layout
 * @param {Tensor} overview uint8 `[head, query_bin, key_bin]` of the layer
 * @param {number} head
 * @param {string} color
 */
export function drawThumbnail(context, { x, y }, layout, overview, head, color) {
  const { size, tokenHeight, queries, keys } = layout;
  const top = y + size * PADDING;
  const yOf = (/** @type {Rows} */ { edges }, /** @type {number} */ row) =>
    top + ((edges[row] + edges[row + 1]) / 2 - edges[0]) * tokenHeight;
  const pen = createPen(context, [y, y + size], {
    x1: x + size * PADDING,
    x2: x + size * (1 - PADDING),
    width: Math.min(2, Math.max(0.75, tokenHeight * 0.4)),
  });
  context.strokeStyle = color;
  const bytes = largestOfRows(overview, head, queries, keys);
  const numKeys = numRows(keys.rows);
  for (let query = 0; query < numRows(queries.rows); query++) {
    const y1 = yOf(queries.rows, query);
    for (let key = 0; key < numKeys; key++) {
      drawLine(pen, y1, yOf(keys.rows, key), WEIGHT_OF_BYTE[bytes[query * numKeys + key]]);
    }
  }
  context.globalAlpha = 1;
}

/**
 * @param {Tensor} overview uint8 `[head, query_bin, key_bin]`
 * @param {number} head
 * @param {Side} queries
 * @param {Side} keys
 * @returns {Uint8Array} `[query row, key row]`, the largest byte of their bins
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
