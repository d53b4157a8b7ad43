// The expanded neuron view: query and key vectors of one head, and for the token that is lit, how
// they make its attention: q × k, q · k, the terms of the score, softmax.

import { createMinimap, MINIMAP_WIDTH } from "../controls/minimap.js";
import { weightsOf } from "../core/formula/attention.js";
import { describeFormula, termColumns } from "../core/formula/formula_description.js";
import { maskReason } from "../core/formula/mask.js";
import { checkHead, checkNote } from "../core/formula/weight_check.js";
import {
  computationLayout,
  HEADER_HEIGHT,
  ROW_HEIGHT,
} from "../core/geometry/computation_layout.js";
import { rowsOf } from "../core/geometry/rows.js";
import { createHighlight } from "../core/state/highlight.js";
import { labelOf } from "../core/text/label.js";
import { BLUE } from "../drawing/color.js";
import { appendElement, appendGroup } from "../drawing/element.js";
import { createFigure } from "../drawing/figure.js";
import { createCellPointer } from "./cell_pointer.js";
import { drawQuery, drawVectors } from "./computation_canvas.js";
import { createHeadings } from "./computation_headings.js";
import { createComputationNotes } from "./computation_notes.js";
import { drawRotationBrackets } from "./rotation_brackets.js";
import { createScoreTable, wordsWidth } from "./score_table.js";
import { columnWidth, createTokenColumn } from "./token_column.js";

/** @typedef {import("../core/geometry/computation_layout.js").ComputationLayout} ComputationLayout */
/** @typedef {import("../core/data/wire.js").Token} Token */
/** @typedef {import("../core/data/wire.js").LayerAttention} LayerAttention */
/** @typedef {import("../core/state/attention_part.js").AttentionPart} AttentionPart */
/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */

/**
 * @typedef {object} ComputationData
 * @property {Token[]} queryTokens of the whole axis
 * @property {Token[]} keyTokens
 * @property {AttentionPart} attentionPart
 * @property {LayerAttention} layer
 * @property {number} head
 */

const FONT_SIZE = 15;

/**
 * @param {HTMLElement} host
 * @param {Pick<import("./bipartite.js").BipartiteOptions, "onPin" | "onHighlight">} options
 */
export function createComputation(host, { onPin, onHighlight }) {
  const element = appendElement(host, "div", "bertviz-computation");
  const highlight = createHighlight({ axes: ["query"], onPin, onHighlight: show });
  const lines = createComputationNotes(element);
  const frame = appendElement(element, "div", "bertviz-scroller");
  const figure = createFigure(frame, {
    label: "How queries and keys make the attention",
    fontSize: FONT_SIZE,
    headerHeight: HEADER_HEIGHT,
    onBackgroundPress: highlight.release,
    onViewportChange: look,
  });
  // Vectors have one size: whatever the reader does with the strip, it moves.
  const minimap = createMinimap(frame, {
    onMove: figure.center,
    onResize: ([top, bottom]) => figure.center((top + bottom) / 2),
  });
  const vectors = figure.addCanvas();
  const computed = figure.addCanvas();
  const headings = createHeadings(figure.header);
  const combs = appendGroup(figure.header, "bertviz-combs");
  const cellPointer = createCellPointer(figure, lines.setCell);
  const queryGroup = appendGroup(figure.root, "bertviz-queries");
  const queryColumn = createTokenColumn(queryGroup, "Queries", {
    ...highlight.actions("query"),
    onReach(position) {
      const y = shown?.layout.queries.yOfToken(position);
      if (y !== undefined) figure.reveal(y, ROW_HEIGHT);
    },
  });
  const keyGroup = appendGroup(figure.root, "bertviz-keys");
  const keyColumn = createTokenColumn(keyGroup, "Keys");
  const table = createScoreTable(figure.root);

  /** @type {{data: ComputationData, layout: ComputationLayout} | null} */
  let shown = null;

  /**
   * @param {ComputationData} data
   * @param {TokenPosition | null} pinnedToken
   */
  function draw(data, pinnedToken) {
    const { queryTokens, keyTokens, attentionPart, layer } = data;
    const queryRows = rowsOf(queryTokens, attentionPart.queries, 1);
    const keyRows = rowsOf(keyTokens, attentionPart.keys, 1);
    const layout = computationLayout({
      queryWidth: columnWidth(figure.element, queryTokens, queryRows, FONT_SIZE),
      keyWidth: columnWidth(figure.element, keyTokens, keyRows, FONT_SIZE),
      reasonWidth: wordsWidth(figure.element, layer),
      numTerms: termColumns(layer).length,
      hasSink: layer.sink !== undefined,
      availableWidth: host.clientWidth - MINIMAP_WIDTH,
      queryRows,
      keyRows,
    });
    shown = { data, layout };
    lines.setFormula(describeFormula(layer));
    queryColumn.set({
      tokens: queryTokens,
      column: layout.queries,
      x: 0,
      width: layout.queryWidth,
      anchor: "end",
      reach: layout.q + layout.bandWidth,
    });
    keyColumn.set({
      tokens: keyTokens,
      column: layout.keys,
      x: layout.tokens,
      width: layout.keyWidth,
      anchor: "start",
    });
    headings.draw(data, layout);
    drawRotationBrackets(combs, layer, layout);
    figure.resize(layout);
    vectors.paint((surface) => drawVectors(surface, data, layout));
    cellPointer.draw(data, layout);
    highlight.draw(attentionPart, pinnedToken);
  }

  /**
   * Show the computation of one query, or none.
   * @param {TokenPosition | null} lit
   * @param {boolean} isPinned
   */
  function show(lit, isPinned) {
    if (!shown) return;
    const { data, layout } = shown;
    const { layer, head } = data;
    const query = lit?.position ?? null;
    lines.setCheck(checkNote(checkHead(layer, head), layer.num_queries, query));
    headings.showPlaceholder(query === null);
    queryColumn.mark({ lit: query, isPinned });
    keyColumn.mark({
      lit: null,
      isPinned,
      isUnseen: (key) => query !== null && maskReason(layer, head, query, key) !== null,
    });
    if (query === null) table.clear();
    computed.paint(
      query === null
        ? null
        : (surface) => {
            drawQuery(surface, data, layout, query);
            table.show(surface.viewport, data, layout, query);
          },
    );
    cellPointer.setQuery(query);
    const said = lit && describe(data, lit, isPinned);
    minimap.mark(
      said && {
        y: layout.queries.yOfToken(said.token.position),
        weights: said.weights,
        yOf: layout.keys.yOfRow,
        color: BLUE,
      },
    );
    onHighlight(said, 1, 1);
  }

  /** @param {import("../drawing/viewport.js").Range} viewport */
  function look(viewport) {
    queryColumn.look(viewport);
    keyColumn.look(viewport);
    if (!shown) return;
    minimap.draw(figure.scrolls() ? viewport[1] - viewport[0] : 0, shown.layout.height, viewport);
  }

  return {
    draw,
    pin: highlight.pin,
    scrolls: figure.scrolls,
    staticPicture: figure.staticPicture,
    /** @param {TokenPosition} token a query to bring to the middle */
    goTo({ position }) {
      const y = shown?.layout.queries.yOfToken(position);
      if (y !== undefined) figure.center(y);
    },
    element,
    queryGroup,
    /** @param {number} query */
    yQuery: (query) => shown?.layout.queries.yOfToken(query) ?? 0,
  };
}

/**
 * @param {ComputationData} data
 * @param {TokenPosition} token
 * @param {boolean} isPinned
 * @returns {import("../core/state/highlighted_row.js").HighlightedRow}
 */
function describe({ queryTokens, keyTokens, attentionPart, layer, head }, token, isPinned) {
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
