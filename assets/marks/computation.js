// The expanded neuron view: query and key vectors of one head, and for the token that is lit, how
// they make its attention: q × k, q · k, the terms of the score, softmax.

import { createMinimap, MINIMAP_WIDTH } from "../controls/minimap.js";
import { hiddenBy, weightsOf } from "../core/formula/attention.js";
import { formulaOf, termColumns } from "../core/formula/formula_description.js";
import { checkHead, checkNote } from "../core/formula/weight_check.js";
import { computationLayout, HEADING, ROW } from "../core/geometry/layout.js";
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

/** @typedef {import("../core/geometry/layout.js").ComputationLayout} ComputationLayout */
/** @typedef {import("../core/data/wire.js").Token} Token */
/** @typedef {import("../core/data/wire.js").LayerAttention} LayerAttention */
/** @typedef {import("../core/state/attention_part.js").AttentionPart} AttentionPart */
/** @typedef {import("../core/state/selection.js").Hover} Hover */

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
    headHeight: HEADING,
    onGround: highlight.release,
    onSight: look,
  });
  // Vectors have one size: whatever the reader does with the strip, it moves.
  const minimap = createMinimap(frame, {
    onMove: figure.centre,
    onResize: ([top, bottom]) => figure.centre((top + bottom) / 2),
  });
  const vectors = figure.addLayer();
  const computed = figure.addLayer();
  const headings = createHeadings(figure.head);
  const combs = appendGroup(figure.head, "bertviz-combs");
  const cellPointer = createCellPointer(figure, lines.setCell);
  const queryGroup = appendGroup(figure.root, "bertviz-queries");
  const queryColumn = createTokenColumn(queryGroup, "Queries", {
    ...highlight.actions("query"),
    onReach(position) {
      const y = shown?.layout.queries.yOf(position);
      if (y !== undefined) figure.reveal(y, ROW);
    },
  });
  const keyGroup = appendGroup(figure.root, "bertviz-keys");
  const keyColumn = createTokenColumn(keyGroup, "Keys");
  const table = createScoreTable(figure.root);

  /** @type {{data: ComputationData, layout: ComputationLayout} | null} */
  let shown = null;

  /**
   * @param {ComputationData} data
   * @param {Hover | null} pinnedToken
   */
  function draw(data, pinnedToken) {
    const { queryTokens, keyTokens, attentionPart, layer } = data;
    const queryRows = rowsOf(queryTokens, attentionPart.queries, 1);
    const keyRows = rowsOf(keyTokens, attentionPart.keys, 1);
    const layout = computationLayout({
      queryWidth: columnWidth(figure.element, queryTokens, queryRows, FONT_SIZE),
      keyWidth: columnWidth(figure.element, keyTokens, keyRows, FONT_SIZE),
      wordsWidth: wordsWidth(figure.element, layer),
      numTerms: termColumns(layer).length,
      hasSink: layer.sink !== undefined,
      room: host.clientWidth - MINIMAP_WIDTH,
      queryRows,
      keyRows,
    });
    shown = { data, layout };
    lines.setFormula(formulaOf(layer));
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
    vectors.paint((sheet) => drawVectors(sheet, data, layout));
    cellPointer.draw(data, layout);
    highlight.draw(attentionPart, pinnedToken);
  }

  /**
   * Show the computation of one query, or none.
   * @param {Hover | null} lit
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
      isUnseen: (key) => query !== null && hiddenBy(layer, head, query, key) !== null,
    });
    if (query === null) table.clear();
    computed.paint(
      query === null
        ? null
        : (sheet) => {
            drawQuery(sheet, data, layout, query);
            table.show(sheet.inSight, data, layout, query);
          },
    );
    cellPointer.setQuery(query);
    const said = lit && describe(data, lit, isPinned);
    minimap.mark(
      said && {
        y: layout.queries.yOf(said.hover.position),
        weights: said.weights,
        yOf: layout.keys.y,
        color: BLUE,
      },
    );
    onHighlight(said, 1, 1);
  }

  /** @param {import("../drawing/figure.js").InSight} inSight */
  function look(inSight) {
    queryColumn.look(inSight);
    keyColumn.look(inSight);
    if (!shown) return;
    minimap.draw(figure.scrolls() ? inSight[1] - inSight[0] : 0, shown.layout.height, inSight);
  }

  return {
    draw,
    pin: highlight.pin,
    scrolls: figure.scrolls,
    staticPicture: figure.staticPicture,
    /** @param {Hover} token a query to bring to the middle */
    goTo({ position }) {
      const y = shown?.layout.queries.yOf(position);
      if (y !== undefined) figure.centre(y);
    },
    element,
    queryGroup,
    /** @param {number} query */
    yQuery: (query) => shown?.layout.queries.yOf(query) ?? 0,
  };
}

/**
 * @param {ComputationData} data
 * @param {Hover} hover
 * @param {boolean} isPinned
 * @returns {import("../core/state/highlighted_row.js").HighlightedRow}
 */
function describe({ queryTokens, keyTokens, attentionPart, layer, head }, hover, isPinned) {
  const [begin, end] = attentionPart.keys;
  return {
    hover,
    isPinned,
    subject: labelOf(queryTokens[hover.position]),
    nameOf: (index) => labelOf(keyTokens[begin + index]),
    weights: weightsOf(layer, head, hover).subarray(begin, end),
    numHeads: 1,
  };
}
