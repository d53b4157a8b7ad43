// Two token columns with attention as lines between them. Lines on a canvas; tokens and highlights
// in SVG above it. The head view, the panel of the model view and the collapsed neuron view draw it.

import { bipartiteLayout } from "../core/layout.js";
import { createFigure } from "./figure.js";
import { drawLines } from "./lines.js";
import { appendGroup, columnWidth, drawTokenColumn, markToken } from "./token_column.js";

/** @typedef {import("../core/trace.js").Token} Token */
/** @typedef {import("../core/block.js").Block} Block */
/** @typedef {import("../core/selection.js").Hover} Hover */

/**
 * @typedef {object} HeadLines one head to draw
 * @property {Float32Array} weights `[query, key]`
 * @property {string} color
 */

/**
 * @typedef {object} BipartiteData
 * @property {Token[]} queryTokens of the whole axis
 * @property {Token[]} keyTokens
 * @property {Block} block what to show of it
 * @property {HeadLines[]} heads at least one; a line's opacity is the weight over their number
 */

/**
 * @typedef {object} BipartiteOptions
 * @property {boolean} [hoverKeys] whether key tokens react to the pointer too
 * @property {number} [rowHeight] pixels
 * @property {number} [fontSize] pixels
 * @property {number} [maxHeight] pixels before the figure scrolls
 * @property {(hover: Hover | null) => void} [onHover]
 */

/**
 * @param {HTMLElement} host an empty element; the figure takes its width
 * @param {BipartiteOptions} [options]
 */
export function createBipartite(
  host,
  { hoverKeys = true, rowHeight = 22.5, fontSize = 15, maxHeight, onHover } = {},
) {
  const figure = createFigure(host, { fontSize, maxHeight, onGround: () => hover(null) });
  const allLines = figure.addLayer();
  const hoverLines = figure.addLayer();
  const boxes = appendGroup(figure.svg, "bertviz-boxes");
  const queryColumn = appendGroup(figure.svg, "bertviz-queries");
  const keyColumn = appendGroup(figure.svg, "bertviz-keys");

  /** @type {BipartiteData | null} */
  let data = null;
  /** @type {import("../core/layout.js").BipartiteLayout | null} */
  let place = null;

  /** @param {BipartiteData} next */
  function draw(next) {
    data = next;
    const { queryTokens, keyTokens, block } = next;
    place = bipartiteLayout({
      queryWidth: columnWidth(figure.element, queryTokens.slice(...block.queries), fontSize),
      keyWidth: columnWidth(figure.element, keyTokens.slice(...block.keys), fontSize),
      room: host.clientWidth,
      rowHeight,
      block,
    });
    figure.resize(place);
    allLines.paint((context, inSight) => drawHeads(context, inSight, block.queries, block.keys));
    drawTokenColumn(queryColumn, queryTokens, {
      span: block.queries,
      x: 0,
      width: place.queryWidth,
      anchor: "end",
      y: place.yQuery,
      rowHeight,
      onEnter: (position) => hover({ axis: "query", position }),
      onLeave: () => hover(null),
    });
    drawTokenColumn(keyColumn, keyTokens, {
      span: block.keys,
      x: place.x2,
      width: place.keyWidth,
      anchor: "start",
      y: place.yKey,
      rowHeight,
      onEnter: hoverKeys ? (position) => hover({ axis: "key", position }) : undefined,
      onLeave: hoverKeys ? () => hover(null) : undefined,
    });
    hover(null);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {[number, number]} inSight
   * @param {[number, number]} queries
   * @param {[number, number]} keys
   */
  function drawHeads(context, inSight, queries, keys) {
    if (!data || !place) return;
    const { heads, keyTokens } = data;
    const { x1, x2, yQuery, yKey } = place;
    const share = 1 / heads.length;
    const numKeys = keyTokens.length;
    for (const { weights, color } of heads) {
      const data = { weights, numKeys, queries, keys, x1, x2, yQuery, yKey };
      drawLines(context, { ...data, inSight, color, share });
    }
  }

  /**
   * Show one token's lines alone, and how much each token on the other side has to do with it.
   * @param {Hover | null} hovered
   */
  function hover(hovered) {
    if (!data || !place) return;
    const { queries, keys } = data.block;
    allLines.show(hovered === null);
    hoverLines.paint(
      hovered &&
        ((context, inSight) => {
          /** @type {[number, number]} */
          const one = [hovered.position, hovered.position + 1];
          if (hovered.axis === "query") drawHeads(context, inSight, one, keys);
          else drawHeads(context, inSight, queries, one);
        }),
    );
    markToken(queryColumn, hovered?.axis === "query" ? hovered.position : null);
    markToken(keyColumn, hovered?.axis === "key" ? hovered.position : null);
    boxes
      .selectAll("rect")
      .data(hovered ? boxesOf(hovered) : [])
      .join("rect")
      .attr("x", (box) => box.x)
      .attr("y", (box) => box.y)
      .attr("width", (box) => box.width)
      .attr("height", rowHeight)
      .attr("fill", (box) => box.color)
      .attr("fill-opacity", (box) => box.opacity);
    onHover?.(hovered);
  }

  /**
   * One box a head beside each other, behind each token of the other side: opacity is the weight.
   * @param {Hover} hovered
   */
  function boxesOf({ axis, position }) {
    if (!data || !place) return [];
    const { heads, block, keyTokens } = data;
    const { x2, queryWidth, keyWidth, yQuery, yKey } = place;
    const towardsKeys = axis === "query";
    const [begin, end] = towardsKeys ? block.keys : block.queries;
    const left = towardsKeys ? x2 : 0;
    const width = (towardsKeys ? keyWidth : queryWidth) / heads.length;
    const y = towardsKeys ? yKey : yQuery;
    return heads.flatMap(({ weights, color }, index) =>
      Array.from({ length: end - begin }, (_, offset) => {
        const other = begin + offset;
        const [query, key] = towardsKeys ? [position, other] : [other, position];
        return {
          x: left + index * width,
          y: y(other) - rowHeight / 2,
          width,
          color,
          opacity: weights[query * keyTokens.length + key],
        };
      }),
    );
  }

  return {
    draw,
    element: figure.element,
    queryColumn,
    /** @param {number} query */
    yQuery: (query) => place?.yQuery(query) ?? 0,
  };
}
