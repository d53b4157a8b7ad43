// What a bipartite figure shows: the data, the positions of its rows, and the lines of each head.

import { bipartiteLayout } from "../core/geometry/bipartite_layout.js";
import { HeadLines } from "../core/geometry/head_lines.js";
import { rowAt, rowSize, rowsOf } from "../core/geometry/rows.js";
import { labelOfRow } from "../core/text/label.js";
import { columnWidth } from "./text_width.js";

/** @typedef {import("../core/data/wire.js").Token} Token */
/** @typedef {import("../core/data/wire.js").LayerAttention} LayerAttention */
/** @typedef {import("../core/state/attention_part.js").AttentionPart} AttentionPart */
/** @typedef {import("../core/state/highlighted_row.js").HighlightedRow} HighlightedRow */
/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("../core/geometry/bipartite_layout.js").BipartiteLayout} BipartiteLayout */
/** @typedef {import("./token_column.js").ColumnOptions} ColumnOptions */

/**
 * @typedef {object} BipartiteData
 * @property {Token[]} queryTokens of the whole axis
 * @property {Token[]} keyTokens of the whole axis
 * @property {AttentionPart} attentionPart the part of both axes to show
 * @property {LayerAttention} layer
 * @property {{head: number, color: string}[]} heads at least one; the opacity of a line is its weight
 *   divided by the number of heads
 */

/**
 * @typedef {object} BipartiteContent
 * @property {BipartiteData} data
 * @property {number} tokenHeight pixels
 * @property {BipartiteLayout} layout
 * @property {import("./attention_lines.js").DrawnHead[]} heads
 * @property {Record<TokenPosition["axis"], Side>} sides
 */

/**
 * @typedef {object} Side
 * @property {Token[]} tokens of the whole axis
 * @property {import("../core/geometry/column_layout.js").Column} column
 */

/**
 * @typedef {object} BipartiteSpace
 * @property {Element} host an element with the tokens' font family
 * @property {number} fontSize pixels
 * @property {number} availableWidth pixels
 * @property {number} tokenHeight pixels
 * @property {boolean} hasQueryNumbers whether weights can be shown beside the queries
 */

/** Minimum height of a row that can be read, in pixels: a row pools several tokens of less height. */
const MIN_ROW_HEIGHT = 16;

/**
 * Lay out the data, and prepare the lines of each head.
 * @param {BipartiteData} data
 * @param {BipartiteSpace} space
 * @param {BipartiteContent | null} previous content, whose computed lines are used again if they are
 *   lines of the same rows
 * @returns {BipartiteContent}
 */
export function bipartiteContent(data, space, previous) {
  const { queryTokens, keyTokens, attentionPart } = data;
  const { host, fontSize, availableWidth, tokenHeight, hasQueryNumbers } = space;
  const size = rowSize(tokenHeight, MIN_ROW_HEIGHT);
  const queryRows = rowsOf(queryTokens, attentionPart.queries, size);
  const keyRows = rowsOf(keyTokens, attentionPart.keys, size);
  const layout = bipartiteLayout({
    queryWidth: columnWidth(host, queryTokens, queryRows, fontSize),
    keyWidth: columnWidth(host, keyTokens, keyRows, fontSize),
    hasNumbers: { queries: hasQueryNumbers, keys: true },
    availableWidth,
    tokenHeight,
    queryRows,
    keyRows,
  });
  return {
    data,
    tokenHeight,
    layout,
    heads: data.heads.map(({ head, color }) => {
      return { lines: linesOf(data.layer, head, layout, previous), color };
    }),
    sides: {
      query: { tokens: queryTokens, column: layout.queries },
      key: { tokens: keyTokens, column: layout.keys },
    },
  };
}

/**
 * Return the lines of a head: the previous ones if they are lines of the same rows.
 * @param {LayerAttention} layer
 * @param {number} head
 * @param {BipartiteLayout} layout
 * @param {BipartiteContent | null} previous
 * @returns {HeadLines}
 */
function linesOf(layer, head, { queries, keys }, previous) {
  const known = previous?.heads.find(({ lines }) =>
    lines.matches(layer, head, queries.rows, keys.rows),
  );
  return known?.lines ?? new HeadLines(layer, head, queries.rows, keys.rows);
}

/**
 * Return the options of both token columns.
 * @param {BipartiteContent} content
 * @returns {{query: ColumnOptions, key: ColumnOptions}}
 */
export function columnOptions({ layout, sides }) {
  const { xQuery, queryWidth, x2, keyWidth } = layout;
  return {
    query: { ...sides.query, x: xQuery, width: queryWidth, anchor: "end" },
    key: { ...sides.key, x: x2, width: keyWidth, anchor: "start" },
  };
}

/**
 * Return the description of a highlighted row.
 * @param {BipartiteContent} content
 * @param {TokenPosition} token
 * @param {boolean} isPinned
 * @param {Float32Array} weights `[other row]`, the mean over the heads
 * @returns {HighlightedRow}
 */
export function highlightedRow({ heads, sides }, token, isPinned, weights) {
  const own = sides[token.axis];
  const other = sides[oppositeOf(token.axis)];
  return {
    token,
    isPinned,
    subject: labelOf(own, rowAt(own.column.rows, token.position)),
    nameOf: (index) => labelOf(other, index),
    weights,
    numHeads: heads.length,
  };
}

/**
 * @param {Side} side
 * @param {number} row
 * @returns {string}
 */
function labelOf({ tokens, column }, row) {
  const { edges } = column.rows;
  return labelOfRow(tokens, edges[row], edges[row + 1]);
}

/**
 * Return the other axis.
 * @param {TokenPosition["axis"]} axis
 * @returns {TokenPosition["axis"]}
 */
export function oppositeOf(axis) {
  return axis === "query" ? "key" : "query";
}
