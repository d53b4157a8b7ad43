// The expanded neuron view: query and key vectors of one head, and for the token that the reader
// points at, how they make its attention: q × k, q · k, softmax.

import { headWeights } from "../core/attention.js";
import { BAND, BAND_WIDTH, computationLayout, HEADING, ROW } from "../core/layout.js";
import { createLight } from "../core/light.js";
import { describeLit } from "../core/lit.js";
import { drawQuery, drawVectors } from "./computed_query.js";
import { createFigure } from "./figure.js";
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
  const light = createLight({ axes: ["query"], onPin, onLight: show });
  const figure = createFigure(host, {
    label: "How queries and keys make the attention",
    fontSize: FONT_SIZE,
    onGround: light.release,
  });
  const vectors = figure.addLayer();
  const computed = figure.addLayer();
  const headings = appendGroup(figure.svg, "bertviz-headings");
  const queryGroup = appendGroup(figure.svg, "bertviz-queries");
  const queryColumn = createTokenColumn(queryGroup, "Queries", light.actions("query"));
  const keyColumn = createTokenColumn(appendGroup(figure.svg, "bertviz-keys"), "Keys");
  const numbers = appendGroup(figure.svg, "bertviz-numbers");

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
      block,
    });
    shown = { data, layout };
    figure.resize(layout);
    vectors.paint((context, inSight) => drawVectors(context, inSight, data, layout));
    drawHeadings(layout, layer.scaling);
    queryColumn.draw(queryTokens, {
      span: block.queries,
      x: 0,
      width: layout.queryWidth,
      anchor: "end",
      y: layout.yQuery,
      rowHeight: ROW,
      reach: layout.q + BAND_WIDTH,
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
   * @param {ComputationLayout} layout
   * @param {number} scaling
   */
  function drawHeadings({ q, k, product, dot, tokens }, scaling) {
    const middle = BAND_WIDTH / 2;
    const texts = [
      { name: "heading", text: "Query q", x: q + middle, y: 18 },
      { name: "heading", text: "Key k", x: k + middle, y: 18 },
      { name: "heading", text: "q × k (elementwise)", x: product + middle, y: 18 },
      { name: "heading", text: "q · k", x: dot + BAND / 2, y: 18 },
      { name: "note", text: `× ${Number(scaling.toPrecision(3))}`, x: dot + BAND / 2, y: 36 },
      { name: "heading", text: "Softmax", x: tokens + 40, y: 18 },
      { name: "placeholder", text: "No token selected", x: product + middle, y: HEADING + ROW },
    ];
    headings
      .selectAll("text")
      .data(texts)
      .join("text")
      .attr("class", ({ name }) => `bertviz-${name}`)
      .attr("x", ({ x }) => x)
      .attr("y", ({ y }) => y)
      .attr("text-anchor", "middle")
      .text(({ text }) => text);
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
    queryColumn.mark(lit?.position ?? null, isPinned);
    headings.select(".bertviz-placeholder").attr("visibility", lit ? "hidden" : "visible");
    computed.paint(
      lit && ((context, inSight) => drawQuery(context, inSight, data, layout, lit.position)),
    );
    const heads = [headWeights(layer, head)];
    const said = lit && describeLit(lit, isPinned, { ...data, heads });
    numbers
      .selectAll("text")
      .data(Array.from(said?.weights ?? []))
      .join("text")
      .attr("x", layout.width - 6)
      .attr("y", (_, index) => layout.yKey(block.keys[0] + index))
      .attr("dy", "0.35em")
      .attr("text-anchor", "end")
      .text((weight) => weight.toFixed(3));
    onLight(said, 1);
  }

  return {
    draw,
    pin: light.pin,
    element: figure.element,
    queryGroup,
    /** @param {number} query */
    yQuery: (query) => shown?.layout.yQuery(query) ?? 0,
  };
}
