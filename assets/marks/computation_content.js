// What the expanded neuron view shows: the data of one head, and the positions of its rows and columns.

import { weightsOf } from "../core/formula/attention.js";
import { termColumns } from "../core/formula/formula_description.js";
import { computationLayout, rowsLayout } from "../core/geometry/computation_layout.js";
import { stepLayout, stepsOf } from "../core/geometry/computation_step_layout.js";
import { rowsOf } from "../core/geometry/rows.js";
import { reasonWidth } from "./score_table.js";
import { columnWidth, labelsInColumn } from "./text_width.js";

/** @typedef {import("../core/geometry/computation_layout.js").ComputationLayout} ComputationLayout */
/** @typedef {import("../core/geometry/computation_layout.js").ComputationSizes} ComputationSizes */
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

/**
 * @typedef {object} ComputationContent
 * @property {ComputationData} data
 * @property {Element} host an element with the tokens' font family
 * @property {Step[]} steps in which the reader sees the computation; empty if the whole computation fits
 * @property {Step | null} step the one that the layout shows; null for the whole computation
 * @property {ComputationLayout} layout
 */

/** @typedef {import("../core/geometry/computation_step_layout.js").Step} Step */

/** Font size of the tokens, in pixels. */
export const FONT_SIZE = 15;

/**
 * Lay out the data: as the whole computation if it fits, otherwise as one step.
 * @param {ComputationData} data
 * @param {Element} host an element with the tokens' font family
 * @param {(height: number) => number} availableWidth returns the width for a picture of a height, in
 *   pixels
 * @param {Step | null} chosen the step that the reader has chosen
 * @returns {ComputationContent}
 */
export function computationContent(data, host, availableWidth, chosen) {
  const needs = needsOf(data, host);
  const sizes = { ...needs, availableWidth: availableWidth(rowsLayout(needs).height) };
  const layout = computationLayout(sizes);
  if (layout.width <= sizes.availableWidth) return { data, host, steps: [], step: null, layout };
  const steps = stepsOf(sizes.numTerms);
  const step = chosen && steps.includes(chosen) ? chosen : steps[0];
  return { data, host, steps, step, layout: stepLayout(sizes, step) };
}

/**
 * Return content with the layout of the whole computation, which is wider than its space.
 * @param {ComputationContent} content
 * @returns {ComputationContent}
 */
export function wholeContent(content) {
  const { data, host } = content;
  const sizes = { ...needsOf(data, host), availableWidth: Infinity };
  return { ...content, step: null, layout: computationLayout(sizes) };
}

/**
 * Return what the data need, whatever the available width is.
 * @param {ComputationData} data
 * @param {Element} host
 * @returns {Omit<ComputationSizes, "availableWidth">}
 */
function needsOf({ queryTokens, keyTokens, attentionPart, layer }, host) {
  const queryRows = rowsOf(queryTokens, attentionPart.queries, 1);
  const keyRows = rowsOf(keyTokens, attentionPart.keys, 1);
  return {
    queryWidth: columnWidth(host, queryTokens, queryRows, FONT_SIZE),
    keyWidth: columnWidth(host, keyTokens, keyRows, FONT_SIZE),
    reasonWidth: reasonWidth(host, layer),
    numTerms: termColumns(layer).length,
    hasSink: layer.sink !== undefined,
    queryRows,
    keyRows,
  };
}

/**
 * Return the options of both token columns.
 * @param {ComputationContent} content
 * @returns {{query: ColumnOptions, key: ColumnOptions | null}} no keys in a step that does not show them
 */
export function columnOptions({ data: { queryTokens, keyTokens }, host, layout }) {
  const { queries, keys, queryWidth, keyWidth, q, bandWidth, tokens } = layout;
  return {
    query: {
      tokens: queryTokens,
      column: queries,
      label: labelsInColumn(host, queryTokens, queries.rows, FONT_SIZE, queryWidth),
      x: 0,
      width: queryWidth,
      anchor: "end",
      // Pointing at a query vector counts as pointing at its token.
      hitWidth: q === null ? queryWidth : q + bandWidth,
    },
    key:
      tokens === null
        ? null
        : {
            tokens: keyTokens,
            column: keys,
            label: labelsInColumn(host, keyTokens, keys.rows, FONT_SIZE, keyWidth),
            x: tokens,
            width: keyWidth,
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
