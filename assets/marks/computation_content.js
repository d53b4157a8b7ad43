// What the expanded neuron view shows: the data of one head, and the positions of its rows and columns.

import { weightsOf } from "../core/formula/attention.js";
import { termColumns } from "../core/formula/formula_description.js";
import { computationLayout } from "../core/geometry/computation_layout.js";
import { rowsOf } from "../core/geometry/rows.js";
import { labelOf } from "../core/text/label.js";
import { reasonWidth } from "./score_table.js";
import { columnWidth } from "./text_width.js";

/** @typedef {import("../core/geometry/computation_layout.js").ComputationLayout} ComputationLayout */
/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("../core/data/wire.js").Token} Token */
/** @typedef {import("../core/data/wire.js").LayerAttention} LayerAttention */
/** @typedef {import("../core/state/attention_part.js").AttentionPart} AttentionPart */
/** @typedef {import("../core/state/highlighted_row.js").HighlightedRow} HighlightedRow */
/** @typedef {import("./token_column.js").ColumnOptions} ColumnOptions */

/**
 * @typedef {object} ComputationData
 * @property {Token[]} queryTokens of the whole axis
 * @property {Token[]} keyTokens of the whole axis
 * @property {AttentionPart} attentionPart the part of both axes to show
 * @property {LayerAttention} layer
 * @property {number} head
 */

/** @typedef {{data: ComputationData, layout: ComputationLayout}} ComputationContent */

/** Font size of the tokens, in pixels. */
export const FONT_SIZE = 15;

/**
 * Lay out the data.
 * @param {ComputationData} data
 * @param {Element} host an element with the tokens' font family
 * @param {number} availableWidth pixels
 * @returns {ComputationContent}
 */
export function computationContent(data, host, availableWidth) {
  const { queryTokens, keyTokens, attentionPart, layer } = data;
  const queryRows = rowsOf(queryTokens, attentionPart.queries, 1);
  const keyRows = rowsOf(keyTokens, attentionPart.keys, 1);
  const layout = computationLayout({
    queryWidth: columnWidth(host, queryTokens, queryRows, FONT_SIZE),
    keyWidth: columnWidth(host, keyTokens, keyRows, FONT_SIZE),
    reasonWidth: reasonWidth(host, layer),
    numTerms: termColumns(layer).length,
    hasSink: layer.sink !== undefined,
    availableWidth,
    queryRows,
    keyRows,
  });
  return { data, layout };
}

/**
 * Return the options of both token columns.
 * @param {ComputationContent} content
 * @returns {{query: ColumnOptions, key: ColumnOptions}}
 */
export function columnOptions({ data: { queryTokens, keyTokens }, layout }) {
  return {
    query: {
      tokens: queryTokens,
      column: layout.queries,
      x: 0,
      width: layout.queryWidth,
      anchor: "end",
      // Pointing at a query vector counts as pointing at its token.
      hitWidth: layout.q + layout.bandWidth,
    },
    key: {
      tokens: keyTokens,
      column: layout.keys,
      x: layout.tokens,
      width: layout.keyWidth,
      anchor: "start",
    },
  };
}

/**
 * Return the description of a highlighted query.
 * @param {ComputationData} data
 * @param {TokenPosition} token
 * @param {boolean} isPinned
 * @returns {HighlightedRow}
 */
export function highlightedQuery(data, token, isPinned) {
  const { queryTokens, keyTokens, attentionPart, layer, head } = data;
  const [begin, end] = attentionPart.keys;
  return {
    token,
    isPinned,
    subject: labelOf(queryTokens[token.position]),
    nameOf: (index) => labelOf(keyTokens[begin + index]),
    weights: weightsOf(layer, head, token).subarray(begin, end),
    numHeads: 1,
  };
}
