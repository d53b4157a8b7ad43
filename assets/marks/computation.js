// The expanded neuron view: query and key vectors of one head, and for the token that the reader
// points at, how they make its attention: q × k, q · k, softmax.

import { headWeights } from "../core/attention.js";
import { BAND, BAND_WIDTH, computationLayout, HEADING, ROW } from "../core/layout.js";
import { drawQuery, drawVectors } from "./computed_query.js";
import { createFigure } from "./figure.js";
import { appendGroup, columnWidth, drawTokenColumn, markToken } from "./token_column.js";

/** @typedef {import("../core/layout.js").ComputationLayout} ComputationLayout */
/** @typedef {import("../core/trace.js").Token} Token */
/** @typedef {import("../core/trace.js").LayerAttention} LayerAttention */
/** @typedef {import("../core/block.js").Block} Block */

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
 * @param {{onHover: (position: number | null) => void}} options
 */
export function createComputation(host, { onHover }) {
  const figure = createFigure(host, { fontSize: FONT_SIZE, onGround: () => hover(null) });
  const vectors = figure.addLayer();
  const computed = figure.addLayer();
  const headings = appendGroup(figure.svg, "bertviz-headings");
  const queryColumn = appendGroup(figure.svg, "bertviz-queries");
  const keyColumn = appendGroup(figure.svg, "bertviz-keys");
  const numbers = appendGroup(figure.svg, "bertviz-numbers");

  /** @type {{data: ComputationData, layout: ComputationLayout} | null} */
  let shown = null;

  /** @param {ComputationData} data */
  function draw(data) {
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
    drawTokenColumn(queryColumn, queryTokens, {
      span: block.queries,
      x: 0,
      width: layout.queryWidth,
      anchor: "end",
      y: layout.yQuery,
      rowHeight: ROW,
      reach: layout.q + BAND_WIDTH,
      onEnter: hover,
      onLeave: () => hover(null),
    });
    drawTokenColumn(keyColumn, keyTokens, {
      span: block.keys,
      x: layout.tokens,
      width: layout.keyWidth,
      anchor: "start",
      y: layout.yKey,
      rowHeight: ROW,
    });
    hover(null);
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
   * @param {number | null} query
   */
  function hover(query) {
    if (!shown) return;
    const { data, layout } = shown;
    const { layer, head, block } = data;
    markToken(queryColumn, query);
    headings
      .select(".bertviz-placeholder")
      .attr("visibility", query === null ? "visible" : "hidden");
    computed.paint(
      query === null
        ? null
        : (context, inSight) => drawQuery(context, inSight, data, layout, query),
    );
    const begin = (query ?? 0) * layer.num_keys;
    const weights =
      query === null
        ? []
        : headWeights(layer, head).subarray(begin + block.keys[0], begin + block.keys[1]);
    numbers
      .selectAll("text")
      .data(Array.from(weights))
      .join("text")
      .attr("x", layout.width - 6)
      .attr("y", (_, index) => layout.yKey(block.keys[0] + index))
      .attr("dy", "0.35em")
      .attr("text-anchor", "end")
      .text((weight) => weight.toFixed(3));
    onHover(query);
  }

  return {
    draw,
    element: figure.element,
    queryColumn,
    /** @param {number} query */
    yQuery: (query) => shown?.layout.yQuery(query) ?? 0,
  };
}
