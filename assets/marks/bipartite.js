// Two token columns with attention as lines between them. Lines on a canvas; tokens and highlights
// in SVG above it. The head view, the panel of the model view and the collapsed neuron view draw it.

import { bipartiteLayout } from "../core/layout.js";
import { createLight } from "../core/light.js";
import { describeLit } from "../core/lit.js";
import { drawBoxes } from "./boxes.js";
import { createFigure } from "./figure.js";
import { drawLines } from "./lines.js";
import { appendGroup, columnWidth, createTokenColumn } from "./token_column.js";

/** @typedef {import("../core/trace.js").Token} Token */
/** @typedef {import("../core/block.js").Block} Block */
/** @typedef {import("../core/layout.js").BipartiteLayout} BipartiteLayout */
/** @typedef {import("../core/selection.js").Hover} Hover */
/** @typedef {import("../core/lit.js").Lit} Lit */
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
 * @property {(token: Hover | null) => void} onPin the reader pinned a token, or lets go of all
 * @property {(lit: Lit | null, numHeads: number) => void} onLight which token is lit now, and what
 *   it has to do with the others
 * @property {boolean} [lightKeys] whether key tokens can be lit too
 * @property {number} [rowHeight] pixels
 * @property {number} [lineWidth] pixels
 * @property {number} [fontSize] pixels
 * @property {number} [maxHeight] pixels before the figure scrolls
 */

/**
 * @param {HTMLElement} host an empty element; the figure takes its width
 * @param {BipartiteOptions} options
 */
export function createBipartite(
  host,
  { onPin, onLight, lightKeys = true, rowHeight = 22.5, lineWidth = 2, fontSize = 15, maxHeight },
) {
  const light = createLight({
    axes: lightKeys ? ["query", "key"] : ["query"],
    onPin,
    onLight: show,
  });
  const figure = createFigure(host, {
    label: "Attention from queries to keys",
    fontSize,
    maxHeight,
    onGround: light.release,
  });
  const allLines = figure.addLayer({ hasGround: true });
  const litLines = figure.addLayer({ hasGround: true });
  const boxes = appendGroup(figure.svg, "bertviz-boxes");
  const queryGroup = appendGroup(figure.svg, "bertviz-queries");
  const keyGroup = appendGroup(figure.svg, "bertviz-keys");
  const numbers = appendGroup(figure.svg, "bertviz-numbers");
  const queryColumn = createTokenColumn(queryGroup, "Queries", light.actions("query"));
  const keyActions = lightKeys ? light.actions("key") : undefined;
  const keyColumn = createTokenColumn(keyGroup, "Keys", keyActions);

  /** @type {{data: BipartiteData, layout: BipartiteLayout} | null} */
  let shown = null;

  /**
   * @param {BipartiteData} data
   * @param {Hover | null} pinnedToken
   */
  function draw(data, pinnedToken) {
    const { queryTokens, keyTokens, block } = data;
    const layout = bipartiteLayout({
      queryWidth: columnWidth(figure.element, queryTokens.slice(...block.queries), fontSize),
      keyWidth: columnWidth(figure.element, keyTokens.slice(...block.keys), fontSize),
      numbers: { queries: lightKeys, keys: true },
      room: host.clientWidth,
      rowHeight,
      block,
    });
    shown = { data, layout };
    figure.resize(layout);
    allLines.paint(linesOf(data, layout, block));
    queryColumn.draw(queryTokens, {
      span: block.queries,
      x: layout.xQuery,
      width: layout.queryWidth,
      anchor: "end",
      y: layout.yQuery,
      rowHeight,
    });
    keyColumn.draw(keyTokens, {
      span: block.keys,
      x: layout.x2,
      width: layout.keyWidth,
      anchor: "start",
      y: layout.yKey,
      rowHeight,
    });
    light.draw(block, pinnedToken);
  }

  /**
   * @param {BipartiteData} data
   * @param {BipartiteLayout} layout
   * @param {Spans} spans
   * @returns {import("./figure.js").Painter}
   */
  function linesOf({ heads, keyTokens }, { x1, x2, yQuery, yKey }, { queries, keys }) {
    const all = { numKeys: keyTokens.length, queries, keys, share: 1 / heads.length };
    const place = { x1, x2, yQuery, yKey, width: lineWidth };
    return (context, inSight) => {
      for (const { weights, color } of heads) {
        drawLines(context, { ...all, ...place, weights, color, inSight });
      }
    };
  }

  /**
   * Show the lit token's lines alone, and how much each token on the other side has to do with it.
   * @param {Hover | null} lit
   * @param {boolean} isPinned
   */
  function show(lit, isPinned) {
    if (!shown) return;
    const { data, layout } = shown;
    allLines.show(lit === null);
    litLines.paint(lit && linesOf(data, layout, spansOf(lit, data.block)));
    queryColumn.mark(lit?.axis === "query" ? lit.position : null, isPinned);
    keyColumn.mark(lit?.axis === "key" ? lit.position : null, isPinned);
    drawBoxes(boxes, lit, data, layout);
    const heads = data.heads.map(({ weights }) => weights);
    const said = lit && describeLit(lit, isPinned, { ...data, heads });
    drawNumbers(said, layout, data.block);
    onLight(said, data.heads.length);
  }

  /**
   * @param {Lit | null} lit
   * @param {BipartiteLayout} layout
   * @param {Block} block
   */
  function drawNumbers(lit, layout, { queries, keys }) {
    const onKeys = lit?.hover.axis === "query";
    const y = onKeys ? layout.yKey : layout.yQuery;
    const begin = (onKeys ? keys : queries)[0];
    numbers
      .selectAll("text")
      .data(Array.from(lit?.weights ?? []))
      .join("text")
      .attr("x", onKeys ? layout.width - 2 : 2)
      .attr("text-anchor", onKeys ? "end" : "start")
      .attr("y", (_, index) => y(begin + index))
      .attr("dy", "0.35em")
      .text((weight) => weight.toFixed(3));
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

/**
 * The lines of one token: all that it attends to, or all that attends to it.
 * @param {Hover} lit
 * @param {Block} block
 * @returns {Spans}
 */
function spansOf({ axis, position }, { queries, keys }) {
  return axis === "query"
    ? { queries: [position, position + 1], keys }
    : { queries, keys: [position, position + 1] };
}
