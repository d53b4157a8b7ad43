// What a bipartite figure shows: the data, the positions of its rows, and the lines of each head.

import { hiddenOfToken } from "../core/formula/hidden_lines.js";
import { bipartiteLayout } from "../core/geometry/bipartite_layout.js";
import { HeadDifference } from "../core/geometry/head_difference.js";
import { HeadLines, MIN_OPACITY } from "../core/geometry/head_lines.js";
import { rowAt, rowSize, rowsOf } from "../core/geometry/rows.js";
import { combinedWeights, meanWeights } from "../core/state/highlighted_row.js";
import { BLUE, NEUTRAL, ORANGE } from "../drawing/color.js";
import { columnWidth, labelsInColumn } from "./text_width.js";

/** @typedef {import("../core/data/wire.js").Token} Token */
/** @typedef {import("../core/data/wire.js").LayerAttention} LayerAttention */
/** @typedef {import("../core/formula/filtered_weights.js").ComponentFilter} ComponentFilter */
/** @typedef {import("../core/state/attention_part.js").AttentionPart} AttentionPart */
/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("../core/geometry/bipartite_layout.js").BipartiteLayout} BipartiteLayout */
/** @typedef {import("./highlighted_row.js").Side} Side */
/** @typedef {import("./token_column.js").ColumnOptions} ColumnOptions */

/**
 * @typedef {object} BipartiteData
 * @property {Token[]} queryTokens of the whole axis
 * @property {Token[]} keyTokens of the whole axis
 * @property {AttentionPart} attentionPart the part of both axes to show
 * @property {LayerAttention} layer
 * @property {{head: number, color: string}[]} heads the opacity of a line is its weight divided by the
 *   number of heads
 * @property {ComponentFilter | null} filter what is hidden; null for nothing
 * @property {number} [numSharing] the number of heads by which weights are divided, if it is not that of `heads`
 * @property {boolean} [isMean] whether to draw the mean over the heads instead: one neutral line for
 *   each query and key
 * @property {import("./prediction_column.js").PredictionOfUnit | null} [predictionOf] the predictions beside
 *   the queries; null for none
 * @property {import("../core/geometry/head_difference.js").OtherRun | null} [subtracted] the other run, to show
 *   the differences from its weights in two colors of their own; null to show the weights
 * @property {(token: TokenPosition) => boolean} [isUnaligned] whether another run has no token that is aligned
 *   with a token
 * @property {string} [label] what screen readers call the figure
 */

/**
 * @typedef {object} BipartiteContent
 * @property {BipartiteData} data
 * @property {number} tokenHeight pixels
 * @property {BipartiteLayout} layout
 * @property {Pick<BipartiteSpace, "host" | "fontSize">} font of the labels
 * @property {import("./attention_lines.js").DrawnHead[]} heads empty for none; one for a mean
 * @property {Record<TokenPosition["axis"], Side>} sides
 */

/**
 * @typedef {object} BipartiteSpace
 * @property {Element} host an element with the tokens' font family
 * @property {number} fontSize pixels
 * @property {number} availableWidth pixels
 * @property {number} tokenHeight pixels
 * @property {boolean} hasQueryNumbers whether weights can be shown beside the queries
 * @property {number} buttonWidth pixels for a button to the left of a query token
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
  const { host, fontSize, availableWidth, tokenHeight, hasQueryNumbers, buttonWidth } = space;
  const size = rowSize(tokenHeight, MIN_ROW_HEIGHT);
  const queryRows = rowsOf(queryTokens, attentionPart.queries, size);
  const keyRows = rowsOf(keyTokens, attentionPart.keys, size);
  const layout = bipartiteLayout({
    queryWidth: buttonWidth + columnWidth(host, queryTokens, queryRows, fontSize),
    keyWidth: columnWidth(host, keyTokens, keyRows, fontSize),
    hasNumbers: { queries: hasQueryNumbers, keys: true },
    hasPredictions: Boolean(data.predictionOf),
    availableWidth,
    tokenHeight,
    queryRows,
    keyRows,
  });
  return {
    data,
    tokenHeight,
    layout,
    font: { host, fontSize },
    heads: drawnHeads(data).map(({ heads, color }) => {
      const lines = linesOf(data, heads, layout, previous);
      const opacity = data.isMean ? 1 : 1 / (data.numSharing ?? data.heads.length);
      if (data.subtracted) return { lines, color: BLUE, negative: ORANGE, opacity };
      return { lines, color, negative: null, opacity };
    }),
    sides: {
      query: { tokens: queryTokens, column: layout.queries },
      key: { tokens: keyTokens, column: layout.keys },
    },
  };
}

/**
 * Return what is drawn: each head, or all heads as one mean.
 * @param {BipartiteData} data
 * @returns {{heads: number[], color: string}[]} at least one head each
 */
function drawnHeads({ heads, isMean }) {
  if (!isMean) return heads.map(({ head, color }) => ({ heads: [head], color }));
  return heads.length ? [{ heads: heads.map(({ head }) => head), color: NEUTRAL }] : [];
}

/**
 * Return the lines of heads: the previous ones if they are lines of the same rows.
 * @param {BipartiteData} data
 * @param {number[]} heads
 * @param {BipartiteLayout} layout
 * @param {BipartiteContent | null} previous
 * @returns {HeadLines | HeadDifference}
 */
function linesOf({ layer, filter, subtracted = null }, heads, { queries, keys }, previous) {
  const rows = /** @type {const} */ ([queries.rows, keys.rows]);
  const known = previous?.heads.find(({ lines }) =>
    lines.matches(layer, heads, ...rows, filter, subtracted),
  );
  if (known) return known.lines;
  return subtracted
    ? new HeadDifference(layer, heads, ...rows, filter, subtracted)
    : new HeadLines(layer, heads, ...rows, filter);
}

/**
 * Return the options of both token columns.
 * @param {BipartiteContent} content
 * @returns {{query: ColumnOptions, key: ColumnOptions}}
 */
export function columnOptions({ data, layout, sides, font: { host, fontSize } }) {
  const { xQuery, queryWidth, x2, keyWidth } = layout;
  const labels = (/** @type {Side} */ { tokens, column }, /** @type {number} */ width) =>
    labelsInColumn(host, tokens, column.rows, fontSize, width);
  const isUnaligned =
    (/** @type {TokenPosition["axis"]} */ axis) => (/** @type {number} */ position) =>
      data.isUnaligned?.({ axis, position }) ?? false;
  const query = {
    label: labels(sides.query, queryWidth),
    x: xQuery,
    width: queryWidth,
    isUnaligned: isUnaligned("query"),
  };
  const isHidden = (/** @type {number} */ position) => data.filter?.hiddenUnits[position] === 1;
  const key = {
    label: labels(sides.key, keyWidth),
    x: x2,
    width: keyWidth,
    isHidden,
    isUnaligned: isUnaligned("key"),
  };
  return {
    query: { ...sides.query, ...query, anchor: "end" },
    key: { ...sides.key, ...key, anchor: "start" },
  };
}

/**
 * Return the column of predictions beside the queries.
 * @param {BipartiteContent} content
 * @returns {import("./prediction_column.js").PredictionColumn | null} null for none
 */
export function predictionColumn({ data: { predictionOf }, layout, font: { host } }) {
  return predictionOf ? { layout, predictionOf, host } : null;
}

/**
 * Return what the figure knows of its rows.
 * @param {BipartiteContent} content
 * @param {TokenPosition["axis"][]} axes the axes whose tokens the figure can highlight
 * @returns {import("./highlighted_row.js").FigureRows}
 */
export function figureRows({ data, heads, sides }, axes) {
  const isPooled = sides.query.column.rows.size > 1;
  return {
    sides,
    axes,
    numHeads: data.heads.length,
    hiddenOf(token, shown) {
      // The weights of rows of several tokens are maxima, which have no sum, and a difference has two filters.
      if (isPooled || data.subtracted) return null;
      const numbers = data.heads.map(({ head }) => head);
      return hiddenOfToken({ ...data, heads: numbers }, token, shown, MIN_OPACITY);
    },
    weightsOf({ axis, position }) {
      const row = rowAt(sides[axis].column.rows, position);
      return meanWeights(heads.map(({ lines }) => lines.weightsOfRow(axis, row)));
    },
    comparedOf(token) {
      if (!data.subtracted) return null;
      const { name } = data.subtracted;
      // The largest differences of rows of several tokens are not those of their largest weights.
      return { name, runs: isPooled ? null : runsOf(heads, data.attentionPart, token) };
    },
  };
}

/**
 * Return the weights of both runs. The figure draws their differences.
 * @param {BipartiteContent["heads"]} heads
 * @param {AttentionPart} attentionPart
 * @param {TokenPosition} token
 * @returns {import("../core/geometry/head_difference.js").ComparedWeights} the means over the heads, `[other row]`
 */
function runsOf(heads, { queries, keys }, token) {
  const span = token.axis === "query" ? keys : queries;
  const weightsOf = (/** @type {"own" | "other"} */ run) =>
    combinedWeights(token, (each) =>
      meanWeights(
        heads.flatMap(({ lines }) =>
          lines instanceof HeadDifference ? [lines.runsOfToken(each)[run].subarray(...span)] : [],
        ),
      ),
    );
  return { own: weightsOf("own"), other: weightsOf("other") };
}
