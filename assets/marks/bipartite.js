// Two token columns with attention as lines between them. Lines on a canvas; tokens and highlights
// in SVG above it. The head view, the panel of the model view and the collapsed neuron view draw it.

import { bipartiteLayout } from "../core/layout.js";
import { drawBoxes } from "./boxes.js";
import { createFigure } from "./figure.js";
import { drawLines } from "./lines.js";
import { appendGroup, columnWidth, drawTokenColumn, markToken } from "./token_column.js";

/** @typedef {import("../core/trace.js").Token} Token */
/** @typedef {import("../core/block.js").Block} Block */
/** @typedef {import("../core/layout.js").BipartiteLayout} BipartiteLayout */
/** @typedef {import("../core/selection.js").Hover} Hover */
/** @typedef {Pick<Block, "queries" | "keys">} Spans what to draw of a block */

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

  /** @type {{data: BipartiteData, layout: BipartiteLayout} | null} */
  let shown = null;

  /** @param {BipartiteData} data */
  function draw(data) {
    const { queryTokens, keyTokens, block } = data;
    const layout = bipartiteLayout({
      queryWidth: columnWidth(figure.element, queryTokens.slice(...block.queries), fontSize),
      keyWidth: columnWidth(figure.element, keyTokens.slice(...block.keys), fontSize),
      room: host.clientWidth,
      rowHeight,
      block,
    });
    shown = { data, layout };
    figure.resize(layout);
    allLines.paint((context, inSight) => drawHeads(context, inSight, data, layout, block));
    drawTokenColumn(queryColumn, queryTokens, {
      span: block.queries,
      x: 0,
      width: layout.queryWidth,
      anchor: "end",
      y: layout.yQuery,
      rowHeight,
      onEnter: (position) => hover({ axis: "query", position }),
      onLeave: () => hover(null),
    });
    drawTokenColumn(keyColumn, keyTokens, {
      span: block.keys,
      x: layout.x2,
      width: layout.keyWidth,
      anchor: "start",
      y: layout.yKey,
      rowHeight,
      onEnter: hoverKeys ? (position) => hover({ axis: "key", position }) : undefined,
      onLeave: hoverKeys ? () => hover(null) : undefined,
    });
    hover(null);
  }

  /**
   * Show one token's lines alone, and how much each token on the other side has to do with it.
   * @param {Hover | null} hovered
   */
  function hover(hovered) {
    if (!shown) return;
    const { data, layout } = shown;
    allLines.show(hovered === null);
    hoverLines.paint(
      hovered &&
        ((context, inSight) => {
          const spans = spansOf(hovered, data.block);
          drawHeads(context, inSight, data, layout, spans);
        }),
    );
    markToken(queryColumn, hovered?.axis === "query" ? hovered.position : null);
    markToken(keyColumn, hovered?.axis === "key" ? hovered.position : null);
    drawBoxes(boxes, hovered, data, layout);
    onHover?.(hovered);
  }

  return {
    draw,
    element: figure.element,
    queryColumn,
    /** @param {number} query */
    yQuery: (query) => shown?.layout.yQuery(query) ?? 0,
  };
}

/**
 * The lines of one token: all that it attends to, or all that attends to it.
 * @param {Hover} hovered
 * @param {Block} block
 * @returns {Spans}
 */
function spansOf({ axis, position }, { queries, keys }) {
  return axis === "query"
    ? { queries: [position, position + 1], keys }
    : { queries, keys: [position, position + 1] };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {[number, number]} inSight
 * @param {BipartiteData} data
 * @param {BipartiteLayout} layout
 * @param {Spans} spans
 */
function drawHeads(context, inSight, { heads, keyTokens }, layout, { queries, keys }) {
  const { x1, x2, yQuery, yKey } = layout;
  const share = 1 / heads.length;
  for (const { weights, color } of heads) {
    const lines = { weights, numKeys: keyTokens.length, queries, keys, color, share };
    drawLines(context, { ...lines, x1, x2, yQuery, yKey, inSight });
  }
}
