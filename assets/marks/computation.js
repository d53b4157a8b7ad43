// The expanded neuron view: query and key vectors of one head, and for the token that the reader
// points at, how they make its attention: q × k, q · k, softmax.

import {
  headWeights,
  isAllowed,
  keyVector,
  queryVector,
  scaledDotProducts,
} from "../core/attention.js";
import { BLUE, connectorOpacity } from "../core/color.js";
import { createFigure } from "./figure.js";
import { appendGroup, columnWidth, drawTokenColumn, markToken } from "./token_column.js";
import { drawConnector, drawDotProduct, drawFrame, drawVectorBand } from "./vector_band.js";

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

/** Pixels: a row, a band in it, the headings, the gaps between columns, the numbers. */
const ROW = 26;
const BAND = 20;
const HEADING = 48;
const GAP = 28;
const NUMBERS = 52;
const BAND_WIDTH = 200;
const FONT_SIZE = 15;

/**
 * @param {HTMLElement} host
 * @param {{onHover: (position: number | null) => void}} options
 */
export function createComputation(host, { onHover }) {
  const figure = createFigure(host, { fontSize: FONT_SIZE });
  const vectors = figure.addLayer();
  const computed = figure.addLayer();
  const headings = appendGroup(figure.svg, "bertviz-headings");
  const queryColumn = appendGroup(figure.svg, "bertviz-queries");
  const keyColumn = appendGroup(figure.svg, "bertviz-keys");
  const numbers = appendGroup(figure.svg, "bertviz-numbers");

  /** @type {ComputationData | null} */
  let data = null;
  /** @type {ReturnType<typeof layout> | null} */
  let place = null;

  /** @param {ComputationData} next */
  function draw(next) {
    data = next;
    place = layout(next);
    const { queryTokens, keyTokens, block, layer } = next;
    figure.resize(place);
    vectors.paint((context, inSight) => drawVectors(context, inSight, next));
    drawHeadings(place, layer.scaling);
    drawTokenColumn(queryColumn, queryTokens, {
      span: block.queries,
      x: 0,
      width: place.queryWidth,
      anchor: "end",
      y: place.yQuery,
      rowHeight: ROW,
      reach: place.q + BAND_WIDTH,
      onEnter: hover,
      onLeave: () => hover(null),
    });
    drawTokenColumn(keyColumn, keyTokens, {
      span: block.keys,
      x: place.tokens,
      width: place.keyWidth,
      anchor: "start",
      y: place.yKey,
      rowHeight: ROW,
    });
    hover(null);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {[number, number]} inSight
   * @param {ComputationData} data
   */
  function drawVectors(context, inSight, { layer, head, block }) {
    if (!place) return;
    const { q, k, yQuery, yKey } = place;
    for (const query of rowsInSight(block.queries, yQuery, inSight)) {
      drawVectorBand(context, queryVector(layer, head, query), bandOf(q, yQuery(query)));
    }
    for (const key of rowsInSight(block.keys, yKey, inSight)) {
      drawVectorBand(context, keyVector(layer, head, key), bandOf(k, yKey(key)));
    }
  }

  /** @param {ComputationData} data */
  function layout({ queryTokens, keyTokens, block }) {
    // The round sign stands left of the longest token.
    const queryWidth =
      20 + columnWidth(figure.element, queryTokens.slice(...block.queries), FONT_SIZE);
    const keyWidth = columnWidth(figure.element, keyTokens.slice(...block.keys), FONT_SIZE);
    const q = queryWidth + GAP;
    const k = q + BAND_WIDTH + 1.5 * GAP;
    const product = k + BAND_WIDTH + GAP;
    const dot = product + BAND_WIDTH + GAP;
    const tokens = dot + BAND + GAP;
    const rows = Math.max(block.queries[1] - block.queries[0], block.keys[1] - block.keys[0]);
    const y = (/** @type {number} */ first) => (/** @type {number} */ position) =>
      HEADING + (position - first + 0.5) * ROW;
    return {
      queryWidth,
      keyWidth,
      q,
      k,
      product,
      dot,
      tokens,
      width: tokens + keyWidth + NUMBERS,
      // A single row still leaves room for the words of an empty computation.
      height: HEADING + Math.max(2, rows) * ROW,
      yQuery: y(block.queries[0]),
      yKey: y(block.keys[0]),
    };
  }

  /**
   * @param {NonNullable<typeof place>} place
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
    if (!data || !place) return;
    const { layer, head, block } = data;
    markToken(queryColumn, query);
    headings
      .select(".bertviz-placeholder")
      .attr("visibility", query === null ? "visible" : "hidden");
    const shown = data;
    const around = place;
    computed.paint(
      query === null
        ? null
        : (context, inSight) => drawQuery(context, inSight, shown, around, query),
    );
    const begin = (query ?? 0) * layer.num_keys;
    const weights =
      query === null
        ? []
        : headWeights(layer, head).subarray(begin + block.keys[0], begin + block.keys[1]);
    const { yKey, tokens, keyWidth } = place;
    numbers
      .selectAll("text")
      .data(Array.from(weights))
      .join("text")
      .attr("x", tokens + keyWidth + NUMBERS - 6)
      .attr("y", (_, index) => yKey(block.keys[0] + index))
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
    yQuery: (query) => place?.yQuery(query) ?? 0,
  };
}

/**
 * The positions of a span whose rows can be seen.
 * @param {[number, number]} span
 * @param {(position: number) => number} y middle of a row
 * @param {[number, number]} inSight
 * @returns {number[]}
 */
function rowsInSight([begin, end], y, [top, bottom]) {
  const first = Math.max(begin, begin + Math.floor((top - y(begin)) / ROW));
  const last = Math.min(end, begin + Math.ceil((bottom - y(begin)) / ROW) + 1);
  return Array.from({ length: Math.max(0, last - first) }, (_, index) => first + index);
}

/**
 * @param {number} x
 * @param {number} y middle of the row
 */
function bandOf(x, y) {
  return { x, y: y - BAND / 2, width: BAND_WIDTH, height: BAND };
}

/**
 * Draw how one query's attention is made.
 * @param {CanvasRenderingContext2D} context
 * @param {[number, number]} inSight
 * @param {ComputationData} data
 * @param {{q: number, k: number, product: number, dot: number, tokens: number, queryWidth: number,
 *   keyWidth: number, yQuery: (query: number) => number, yKey: (key: number) => number}} place
 * @param {number} query
 */
function drawQuery(context, inSight, { layer, head, block }, place, query) {
  const { q, k, product, dot, tokens, queryWidth, keyWidth } = place;
  const vector = queryVector(layer, head, query);
  const scores = scaledDotProducts(layer, head, query);
  const begin = query * layer.num_keys;
  const weights = headWeights(layer, head).subarray(begin, begin + layer.num_keys);
  const yQuery = place.yQuery(query);
  drawConnector(
    context,
    [
      [queryWidth, yQuery],
      [q - 2, yQuery],
    ],
    1,
  );
  drawFrame(context, bandOf(q, yQuery), 1);
  const turn = q + BAND_WIDTH + 0.75 * GAP;
  for (const key of rowsInSight(block.keys, place.yKey, inSight)) {
    const y = place.yKey(key);
    const opacity = connectorOpacity(weights[key]);
    drawConnector(
      context,
      [
        [q + BAND_WIDTH + 2, yQuery],
        [turn, yQuery],
        [turn, y],
        [k - 2, y],
      ],
      opacity,
    );
    drawFrame(context, bandOf(k, y), opacity);
    drawConnector(
      context,
      [
        [k + BAND_WIDTH + 2, y],
        [product - 2, y],
      ],
      opacity,
    );
    if (isAllowed(layer, head, query, key)) {
      const keys = keyVector(layer, head, key);
      drawVectorBand(
        context,
        vector.map((number, dim) => number * keys[dim]),
        bandOf(product, y),
      );
      drawDotProduct(context, scores[key], { x: dot, y: y - BAND / 2, size: BAND });
    }
    drawFrame(context, bandOf(product, y), opacity);
    drawConnector(
      context,
      [
        [product + BAND_WIDTH + 2, y],
        [dot - 1, y],
      ],
      opacity,
    );
    drawConnector(
      context,
      [
        [dot + BAND + 1, y],
        [tokens, y],
      ],
      opacity,
    );
    context.fillStyle = BLUE;
    context.globalAlpha = weights[key];
    context.fillRect(tokens, y - ROW / 2, keyWidth, ROW);
    context.globalAlpha = 1;
  }
}
