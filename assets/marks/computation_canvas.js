// The vectors of one head, and how they make one query's attention, on a canvas.

import {
  hiddenBy,
  keyVector,
  queryVector,
  scaledDotProducts,
  sinkWeight,
  weightsOf,
} from "../core/formula/attention.js";
import { BAND, GAP, positionsInSight, ROW } from "../core/geometry/layout.js";
import { BLUE, connectorOpacity } from "../drawing/color.js";
import {
  drawConnector,
  drawDotProduct,
  drawFrame,
  drawHatch,
  drawVectorBand,
} from "./vector_band.js";

/** @typedef {import("./computation.js").ComputationData} ComputationData */
/** @typedef {import("../core/geometry/layout.js").ComputationLayout} ComputationLayout */
/** @typedef {import("../drawing/figure.js").Sheet} Sheet */

/**
 * Draw every query and key vector in sight.
 * @param {Sheet} sheet
 * @param {ComputationData} data
 * @param {ComputationLayout} layout
 */
export function drawVectors({ context, inSight }, { layer, head }, layout) {
  const { q, k, queries, keys } = layout;
  for (const query of positionsInSight(queries, inSight)) {
    const band = bandOf(layout, q, queries.yOf(query));
    drawVectorBand(context, queryVector(layer, head, query), band);
  }
  for (const key of positionsInSight(keys, inSight)) {
    drawVectorBand(context, keyVector(layer, head, key), bandOf(layout, k, keys.yOf(key)));
  }
}

/**
 * Draw how one query's attention is made.
 * @param {Sheet} sheet
 * @param {ComputationData} data
 * @param {ComputationLayout} layout
 * @param {number} query
 */
export function drawQuery({ context, inSight }, { layer, head }, layout, query) {
  const { q, k, product, dot, tokens, queryWidth, keyWidth, bandWidth } = layout;
  const vector = queryVector(layer, head, query);
  const scores = scaledDotProducts(layer, head, query);
  const weights = weightsOf(layer, head, { axis: "query", position: query });
  const yQuery = layout.queries.yOf(query);
  level(context, queryWidth, q - 2, yQuery, 1);
  drawFrame(context, bandOf(layout, q, yQuery), 1);
  const turn = q + bandWidth + 0.75 * GAP;
  for (const key of positionsInSight(layout.keys, inSight)) {
    const y = layout.keys.yOf(key);
    const opacity = connectorOpacity(weights[key]);
    const begin = q + bandWidth + 2;
    drawConnector(
      context,
      [
        [begin, yQuery],
        [turn, yQuery],
        [turn, y],
        [k - 2, y],
      ],
      opacity,
    );
    drawFrame(context, bandOf(layout, k, y), opacity);
    level(context, k + bandWidth + 2, product - 2, y, opacity);
    const hidden = hiddenBy(layer, head, query, key);
    if (hidden === "outside") {
      const x = k + bandWidth + GAP / 2;
      drawHatch(context, { x, y: y - ROW / 2, width: layout.width - x, height: ROW });
    } else if (hidden === null) {
      const keyNumbers = keyVector(layer, head, key);
      const products = vector.map((number, dim) => number * keyNumbers[dim]);
      drawVectorBand(context, products, bandOf(layout, product, y));
      drawDotProduct(context, scores[key], { x: dot, y: y - BAND / 2, size: BAND });
    }
    drawFrame(context, bandOf(layout, product, y), opacity);
    level(context, product + bandWidth + 2, dot - 1, y, opacity);
    level(context, dot + BAND + 1, tokens, y, opacity);
    highlight(context, weights[key], { x: tokens, y, width: keyWidth });
  }
  highlight(context, sinkWeight(layer, head, query), {
    x: tokens,
    y: layout.ySink,
    width: keyWidth,
  });
}

/**
 * A connector that stays at one height.
 * @param {import("../drawing/line_renderer.js").Brush} context
 * @param {number} x1
 * @param {number} x2
 * @param {number} y
 * @param {number} opacity
 */
function level(context, x1, x2, y, opacity) {
  drawConnector(
    context,
    [
      [x1, y],
      [x2, y],
    ],
    opacity,
  );
}

/**
 * The ground behind a token, as opaque as its weight.
 * @param {import("../drawing/line_renderer.js").Brush} context
 * @param {number} weight
 * @param {{x: number, y: number, width: number}} row
 */
function highlight(context, weight, { x, y, width }) {
  context.fillStyle = BLUE;
  context.globalAlpha = weight;
  context.fillRect(x, y - ROW / 2, width, ROW);
  context.globalAlpha = 1;
}

/**
 * @param {ComputationLayout} layout
 * @param {number} x
 * @param {number} y middle of the row
 */
function bandOf({ bandWidth }, x, y) {
  return { x, y: y - BAND / 2, width: bandWidth, height: BAND };
}
