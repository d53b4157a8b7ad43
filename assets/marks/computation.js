// The expanded neuron view: query and key vectors of one head, and for the token that is lit, how
// they make its attention: q × k, q · k, the terms of the score, softmax.

import { headWeights, hiddenBy } from "../core/attention.js";
import { checkHead, checkNote } from "../core/check.js";
import { formulaOf, termColumns } from "../core/formula.js";
import { computationLayout, ROW } from "../core/layout.js";
import { createLight } from "../core/light.js";
import { describeLit } from "../core/lit.js";
import { createCellPointer } from "./cell_pointer.js";
import { createHeadings } from "./computation_headings.js";
import { drawQuery, drawVectors } from "./computed_query.js";
import { createFigure } from "./figure.js";
import { createFormulaLines } from "./formula_lines.js";
import { drawRotationCombs } from "./rotation_comb.js";
import { createScoreTable, wordsWidth } from "./score_table.js";
import { appendGroup, columnWidth, createTokenColumn } from "./token_column.js";

/** @typedef {import("../core/layout.js").ComputationLayout} ComputationLayout */
/** @typedef {import("../core/trace.js").Token} Token */
/** @typedef {import("../core/trace.js").LayerAttention} LayerAttention */
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
  const element = host.appendChild(host.ownerDocument.createElement("div"));
  element.className = "bertviz-computation";
  const light = createLight({ axes: ["query"], onPin, onLight: show });
  const lines = createFormulaLines(element);
  const figure = createFigure(element, {
    label: "How queries and keys make the attention",
    fontSize: FONT_SIZE,
    onGround: light.release,
  });
  const vectors = figure.addLayer();
  const computed = figure.addLayer();
  const headings = createHeadings(figure.svg);
  const combs = appendGroup(figure.svg, "bertviz-combs");
  const cellPointer = createCellPointer(figure.svg, lines.setCell);
  const queryGroup = appendGroup(figure.svg, "bertviz-queries");
  const queryColumn = createTokenColumn(queryGroup, "Queries", light.actions("query"));
  const keyGroup = appendGroup(figure.svg, "bertviz-keys");
  const keyColumn = createTokenColumn(keyGroup, "Keys");
  const table = createScoreTable(figure.svg);

  /** @type {{data: ComputationData, layout: ComputationLayout} | null} */
  let shown = null;

  /**
   * @param {ComputationData} data
   * @param {Hover | null} pinnedToken
   */
  function draw(data, pinnedToken) {
    const { queryTokens, keyTokens, block, layer } = data;
    const layout = computationLayout({
      queryWidth: columnWidth(figure.element, queryTokens.slice(...block.queries), FONT_SIZE),
      keyWidth: columnWidth(figure.element, keyTokens.slice(...block.keys), FONT_SIZE),
      wordsWidth: wordsWidth(figure.element, layer),
      numTerms: termColumns(layer).length,
      hasSink: layer.sink !== undefined,
      room: host.clientWidth,
      block,
    });
    shown = { data, layout };
    lines.setFormula(formulaOf(layer));
    figure.resize(layout);
    vectors.paint((context, inSight) => drawVectors(context, inSight, data, layout));
    headings.draw(data, layout);
    drawRotationCombs(combs, layer, layout);
    cellPointer.draw(data, layout);
    queryColumn.draw(queryTokens, {
      span: block.queries,
      x: 0,
      width: layout.queryWidth,
      anchor: "end",
      y: layout.yQuery,
      rowHeight: ROW,
      reach: layout.q + layout.bandWidth,
    });
    keyColumn.draw(keyTokens, {
      span: block.keys,
      x: layout.tokens,
      width: layout.keyWidth,
      anchor: "start",
      y: layout.yKey,
      rowHeight: ROW,
    });
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
    const { layer, head, block } = data;
    const query = lit?.position ?? null;
    lines.setCheck(checkNote(checkHead(layer, head), layer.num_queries, query));
    headings.showPlaceholder(query === null);
    queryColumn.mark(query, isPinned);
    keyGroup
      .selectAll(".bertviz-token")
      .classed("bertviz-unseen", (_, row) =>
        query === null ? false : hiddenBy(layer, head, query, block.keys[0] + row) !== null,
      );
    if (query === null) table.clear();
    computed.paint(
      query === null
        ? null
        : (context, inSight) => {
            drawQuery(context, inSight, data, layout, query);
            table.show(inSight, data, layout, query);
          },
    );
    cellPointer.setQuery(query);
    onLight(lit && describeLit(lit, isPinned, { ...data, heads: [headWeights(layer, head)] }), 1);
  }

  return {
    draw,
    pin: light.pin,
    element,
    queryGroup,
    /** @param {number} query */
    yQuery: (query) => shown?.layout.yQuery(query) ?? 0,
  };
}
