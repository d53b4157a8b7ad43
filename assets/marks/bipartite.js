// Two token columns with attention as lines between them. Lines on a canvas; tokens and highlights
// in SVG above it. The head view, the panel of the model view and the collapsed neuron view draw it.

import { createZooming } from "../controls/zooming.js";
import { bipartiteLayout, VERTICAL_MARGIN } from "../core/geometry/bipartite_layout.js";
import { HeadLines } from "../core/geometry/head_lines.js";
import { rowAt, rowSize, rowsOf } from "../core/geometry/rows.js";
import { longerSideLength } from "../core/state/attention_part.js";
import { createHighlight } from "../core/state/highlight.js";
import { meanWeights } from "../core/state/highlighted_row.js";
import { labelOfRow } from "../core/text/label.js";
import { BLUE } from "../drawing/color.js";
import { appendElement, appendGroup } from "../drawing/element.js";
import { createFigure } from "../drawing/figure.js";
import { MAX_HEIGHT } from "../drawing/viewport.js";
import { drawHeads, drawRow } from "./attention_lines.js";
import { createRowWeights } from "./row_weights.js";
import { columnWidth, createTokenColumn } from "./token_column.js";

/** @typedef {import("../core/data/wire.js").Token} Token */
/** @typedef {import("../core/data/wire.js").LayerAttention} LayerAttention */
/** @typedef {import("../core/state/attention_part.js").AttentionPart} AttentionPart */
/** @typedef {import("../core/geometry/bipartite_layout.js").BipartiteLayout} BipartiteLayout */
/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("../core/state/highlighted_row.js").HighlightedRow} HighlightedRow */

/**
 * @typedef {object} BipartiteData
 * @property {Token[]} queryTokens of the whole axis
 * @property {Token[]} keyTokens
 * @property {AttentionPart} attentionPart what to show of it
 * @property {LayerAttention} layer
 * @property {{head: number, color: string}[]} heads at least one; a line's opacity is the weight over
 *   their number
 */

/**
 * What is on the stage: the data, where it stands, the lines of each head, and both columns.
 * @typedef {object} Drawn
 * @property {BipartiteData} data
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
 * @typedef {object} BipartiteOptions
 * @property {(token: TokenPosition | null) => void} onPin the reader pinned a token, or lets go of all
 * @property {(lit: HighlightedRow | null, numHeads: number, tokensOfRow: number) => void} onHighlight
 *   which row is lit now, what it has to do with the others, and how many tokens a row has
 * @property {(scale: {isWhole: boolean, isLong: boolean}) => void} [onScale] whether all tokens are in
 *   sight, and whether they would not be unless the reader zooms
 * @property {boolean} [highlightKeys] whether key tokens can be lit too
 * @property {number} [rowHeight] pixels of a row before the reader zooms
 * @property {number} [lineWidth] pixels
 * @property {number} [fontSize] pixels
 * @property {number} [maxHeight] pixels before the figure scrolls
 */

/** Pixels of a row that can be read: of tokens with less, neighbours are taken together. */
const LEAST_ROW = 16;

/**
 * @param {HTMLElement} host an empty element; the figure takes its width
 * @param {BipartiteOptions} options
 */
export function createBipartite(host, options) {
  const {
    onPin,
    onHighlight,
    onScale,
    highlightKeys = true,
    rowHeight = 22.5,
    lineWidth = 2,
  } = options;
  const { fontSize = 15, maxHeight = MAX_HEIGHT } = options;
  const frame = appendElement(host, "div", "bertviz-scroller");
  const highlight = createHighlight({
    axes: highlightKeys ? ["query", "key"] : ["query"],
    onPin(token) {
      // Nobody can mean one of the tokens that are taken together: show them first.
      if (token && drawn && drawn.layout.queries.rows.size > 1) goTo(token);
      else onPin(token);
    },
    onHighlight: show,
  });
  const figure = createFigure(frame, {
    label: "Attention from queries to keys",
    fontSize,
    onBackgroundPress: highlight.release,
    onViewportChange: look,
  });
  const zooming = createZooming(frame, figure, ({ tokenHeight, top }) => {
    if (!drawn) return;
    layOut(drawn.data, tokenHeight, top);
    highlight.redraw();
  });
  const allLines = figure.addCanvas({ hasBackground: true });
  const highlightedLines = figure.addCanvas({ hasBackground: true });
  const rowWeights = createRowWeights(figure.root);
  const queryGroup = appendGroup(figure.root, "bertviz-queries");
  const keyGroup = appendGroup(figure.root, "bertviz-keys");
  const actionsOf = (/** @type {TokenPosition["axis"]} */ axis) => ({
    ...highlight.actions(axis),
    onReach: (/** @type {number} */ position) => reach({ axis, position }),
  });
  const queryColumn = createTokenColumn(queryGroup, "Queries", actionsOf("query"));
  const keyColumn = createTokenColumn(
    keyGroup,
    "Keys",
    highlightKeys ? actionsOf("key") : undefined,
  );

  /** @type {Drawn | null} */
  let drawn = null;

  /**
   * @param {BipartiteData} data
   * @param {TokenPosition | null} pinned
   */
  function draw(data, pinned) {
    const numTokens = longerSideLength(data.attentionPart);
    const viewHeight = Math.min(numTokens * rowHeight, maxHeight - 2 * VERTICAL_MARGIN);
    const { tokenHeight, top } = zooming.fit({
      numTokens,
      viewHeight,
      defaultTokenHeight: rowHeight,
    });
    layOut(data, tokenHeight, top);
    highlight.draw(data.attentionPart, pinned);
  }

  /**
   * @param {BipartiteData} data
   * @param {number} tokenHeight
   * @param {number} top of what is in sight
   */
  function layOut(data, tokenHeight, top) {
    const { queryTokens, keyTokens, attentionPart } = data;
    const size = rowSize(tokenHeight, LEAST_ROW);
    const queryRows = rowsOf(queryTokens, attentionPart.queries, size);
    const keyRows = rowsOf(keyTokens, attentionPart.keys, size);
    const layout = bipartiteLayout({
      queryWidth: columnWidth(figure.element, queryTokens, queryRows, fontSize),
      keyWidth: columnWidth(figure.element, keyTokens, keyRows, fontSize),
      hasNumbers: { queries: highlightKeys, keys: true },
      availableWidth: frame.clientWidth - zooming.besides(),
      tokenHeight,
      queryRows,
      keyRows,
    });
    const heads = data.heads.map(({ head, color }) => {
      return { lines: linesOf(data, layout, head), color };
    });
    const sides = {
      query: { tokens: queryTokens, column: layout.queries },
      key: { tokens: keyTokens, column: layout.keys },
    };
    drawn = { data, layout, heads, sides };
    const { xQuery: x, queryWidth: width, x2, keyWidth } = layout;
    queryColumn.set({ ...sides.query, x, width, anchor: "end" });
    keyColumn.set({ ...sides.key, x: x2, width: keyWidth, anchor: "start" });
    figure.resize(layout, {
      visibleHeight: Math.min(
        longerSideLength(attentionPart) * rowHeight + 2 * VERTICAL_MARGIN,
        maxHeight,
      ),
      top,
    });
    allLines.paint((surface) => drawHeads(surface, layout, heads, lineWidth));
    onScale?.(zooming.state());
  }

  /**
   * The lines of a head; what was made of them stays where the same rows are drawn again.
   * @param {BipartiteData} data
   * @param {BipartiteLayout} layout
   * @param {number} head
   */
  function linesOf({ layer }, { queries, keys }, head) {
    const known = drawn?.heads.find(({ lines }) =>
      lines.matches(layer, head, queries.rows, keys.rows),
    );
    return known?.lines ?? new HeadLines(layer, head, queries.rows, keys.rows);
  }

  /** @param {import("../drawing/viewport.js").Range} viewport */
  function look(viewport) {
    queryColumn.look(viewport);
    keyColumn.look(viewport);
    rowWeights.look(viewport);
    zooming.look(viewport);
  }

  /**
   * Show the lit row's lines alone, and how much each row on the other side has to do with it.
   * @param {TokenPosition | null} lit
   * @param {boolean} isPinned
   */
  function show(lit, isPinned) {
    if (!drawn) return;
    const { layout, heads, sides } = drawn;
    const tokensOfRow = layout.queries.rows.size;
    allLines.setVisible(lit === null);
    queryColumn.mark({ lit: lit?.axis === "query" ? lit.position : null, isPinned });
    keyColumn.mark({ lit: lit?.axis === "key" ? lit.position : null, isPinned });
    if (lit === null) {
      highlightedLines.paint(null);
      rowWeights.set(null);
      zooming.mark(null);
      onHighlight(null, heads.length, tokensOfRow);
    } else {
      const row = rowAt(sides[lit.axis].column.rows, lit.position);
      const place = { axis: lit.axis, row };
      highlightedLines.paint((surface) => drawRow(surface, layout, heads, place, lineWidth));
      const weights = showRow(drawn, place);
      const nameOf = (/** @type {number} */ other) => labelOf(sides[otherThan(lit.axis)], other);
      const subject = labelOf(sides[lit.axis], row);
      const said = { token: lit, isPinned, subject, nameOf, weights, numHeads: heads.length };
      onHighlight(said, heads.length, tokensOfRow);
    }
    rowWeights.look(figure.viewport());
  }

  /**
   * Mark the rows on the other side of a lit one, and give their weights.
   * @param {Drawn} drawn
   * @param {{axis: TokenPosition["axis"], row: number}} place
   * @returns {Float32Array} `[other row]`, the mean over the heads
   */
  function showRow({ layout, heads, sides }, { axis, row }) {
    const each = heads.map(({ lines, color }) => ({
      weights: lines.weightsOfRow(axis, row),
      color,
    }));
    const means = meanWeights(each.map(({ weights }) => weights));
    rowWeights.set({ layout, axis, heads: each, means });
    zooming.mark({
      y: sides[axis].column.yOfRow(row),
      weights: means,
      yOf: sides[otherThan(axis)].column.yOfRow,
      color: BLUE,
    });
    return means;
  }

  /**
   * Bring a token in sight for the keyboard.
   * @param {TokenPosition} token
   */
  function reach({ axis, position }) {
    if (!drawn) return;
    const { column } = drawn.sides[axis];
    const row = rowAt(column.rows, position);
    figure.reveal(column.yOfRow(row), column.rowHeight(row));
  }

  /**
   * Bring a token to the middle, large enough to be read.
   * @param {TokenPosition} token
   */
  function goTo({ axis, position }) {
    if (drawn) zooming.goTo(position - drawn.sides[axis].column.rows.edges[0]);
  }

  return {
    draw,
    pin: highlight.pin,
    goTo,
    zoom: zooming.step,
    showAll: zooming.showAll,
    whenPainted: figure.whenPainted,
    staticPicture: figure.staticPicture,
    element: frame,
    queryGroup,
    /** @param {number} position of a query */
    yQuery: (position) => drawn?.layout.queries.yOfToken(position) ?? 0,
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
 * @param {TokenPosition["axis"]} axis
 * @returns {TokenPosition["axis"]}
 */
function otherThan(axis) {
  return axis === "query" ? "key" : "query";
}
