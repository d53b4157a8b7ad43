// What the expanded neuron view shows: the data of one head, and the positions of its rows and columns.

import { weightsOf } from "../core/formula/attention.js";
import { termColumns } from "../core/formula/formula_description.js";
import { computationLayout } from "../core/geometry/computation_layout.js";
import { rowsOf } from "../core/geometry/rows.js";
import { reasonWidth } from "./score_table.js";
import { columnWidth } from "./text_width.js";

/** @typedef {import("../core/geometry/computation_layout.js").ComputationLayout} ComputationLayout */
/** @typedef {import("../core/data/wire.js").Token} Token */
/** @typedef {import("../core/data/wire.js").LayerAttention} LayerAttention */
/** @typedef {import("../core/state/attention_part.js").AttentionPart} AttentionPart */
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
 * Return what the figure knows of its rows.
 * @param {ComputationContent} content
 * @returns {import("./highlighted_row.js").FigureRows}
 */
export function figureRows({ data, layout }) {
  const { queryTokens, keyTokens, attentionPart, layer, head } = data;
  return {
    sides: {
      query: { tokens: queryTokens, column: layout.queries },
      key: { tokens: keyTokens, column: layout.keys },
    },
    axes: ["query"],
    numHeads: 1,
    weightsOf(token) {
      const others = token.axis === "query" ? attentionPart.keys : attentionPart.queries;
      return weightsOf(layer, head, token).subarray(...others);
    },
  };
}
