// The expanded neuron view: query and key vectors of one head, and for the token that is lit, how
// they make its attention: q × k, q · k, the terms of the score, softmax.

import { hiddenBy, weightsOf } from "../core/attention.js";
import { checkHead, checkNote } from "../core/check.js";
import { BLUE } from "../core/color.js";
import { formulaOf, termColumns } from "../core/formula.js";
import { labelOf } from "../core/label.js";
import { computationLayout, HEADING, ROW } from "../core/layout.js";
import { createLight } from "../core/light.js";
import { rowsOf } from "../core/rows.js";
import { createCellPointer } from "./cell_pointer.js";
import { createHeadings } from "./computation_headings.js";
import { drawQuery, drawVectors } from "./computed_query.js";
import { appendElement, appendGroup } from "./element.js";
import { createFigure } from "./figure.js";
import { createFormulaLines } from "./formula_lines.js";
import { createMinimap, MINIMAP_WIDTH } from "./minimap.js";
import { drawRotationCombs } from "./rotation_comb.js";
import { createScoreTable, wordsWidth } from "./score_table.js";
import { columnWidth, createTokenColumn } from "./token_column.js";

/** @typedef {import("../core/layout.js").ComputationLayout} ComputationLayout */
/** @typedef {import("../core/wire.js").Token} Token */
/** @typedef {import("../core/wire.js").LayerAttention} LayerAttention */
/** @typedef {import("../core/block.js").Block} Block */
/** @typedef {import("../core/selection.js").Hover} Hover */

/**
 * @typedef {object} ComputationData
 * @property {Token[]} queryTokens of the whole axis
 * @property {Token[]} keyTokens
 * @property {Block} block
 * @property {LayerAttention} layer
 * @property {number} head
 */

const FONT_SIZE = 15;

/**
 * @param {HTMLElement} host
 * @param {Pick<import("./bipartite.js").BipartiteOptions, "onPin" | "onLight">} options
 */
export function createComputation(host, { onPin, onLight }) {
  const element = appendElement(host, "div", "bertviz-computation");
  const light = createLight({ axes: ["query"], onPin, onLight: show });
  const lines = createFormulaLines(element);
  const frame = appendElement(element, "div", "bertviz-scroller");
  const figure = createFigure(frame, {
    label: "How queries and keys make the attention",
    fontSize: FONT_SIZE,
    headHeight: HEADING,
    onGround: light.release,
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
    ...light.actions("query"),
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
    const { queryTokens, keyTokens, block, layer } = data;
    const queryRows = rowsOf(queryTokens, block.queries, 1);
    const keyRows = rowsOf(keyTokens, block.keys, 1);
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
    drawRotationCombs(combs, layer, layout);
    figure.resize(layout);
    vectors.paint((sheet) => drawVectors(sheet, data, layout));
    cellPointer.draw(data, layout);
    light.draw(block, pinnedToken);
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
    onLight(said, 1, 1);
  }

  /** @param {import("./figure.js").InSight} inSight */
  function look(inSight) {
    queryColumn.look(inSight);
    keyColumn.look(inSight);
    if (!shown) return;
    minimap.draw(figure.scrolls() ? inSight[1] - inSight[0] : 0, shown.layout.height, inSight);
  }

  return {
    draw,
    pin: light.pin,
    scrolls: figure.scrolls,
    still: figure.still,
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
 * @returns {import("../core/lit.js").Lit}
 */
function describe({ queryTokens, keyTokens, block, layer, head }, hover, isPinned) {
  const [begin, end] = block.keys;
  return {
    hover,
    isPinned,
    subject: labelOf(queryTokens[hover.position]),
    nameOf: (index) => labelOf(keyTokens[begin + index]),
    weights: weightsOf(layer, head, hover).subarray(begin, end),
    numHeads: 1,
  };
}
