// The vectors of one head, and how they make one query's attention, on a canvas.

import {
  hiddenBy,
  keyVector,
  queryVector,
  scaledDotProducts,
  sinkWeight,
  weightsOf,
} from "../core/attention.js";
import { BLUE, connectorOpacity } from "../core/color.js";
import { BAND, GAP, positionsInSight, ROW } from "../core/layout.js";
import {
  drawConnector,
  drawDotProduct,
  drawFrame,
  drawHatch,
  drawVectorBand,
} from "./vector_band.js";

/** @typedef {import("./computation.js").ComputationData} ComputationData */
/** @typedef {import("../core/layout.js").ComputationLayout} ComputationLayout */
/** @typedef {import("./figure.js").Sheet} Sheet */

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
  drawConnector(context, `M${queryWidth},${yQuery}H${q - 2}`, 1);
  drawFrame(context, bandOf(layout, q, yQuery), 1);
  const turn = q + bandWidth + 0.75 * GAP;
  for (const key of positionsInSight(layout.keys, inSight)) {
    const y = layout.keys.yOf(key);
    const opacity = connectorOpacity(weights[key]);
    drawConnector(context, `M${q + bandWidth + 2},${yQuery}H${turn}V${y}H${k - 2}`, opacity);
    drawFrame(context, bandOf(layout, k, y), opacity);
    drawConnector(context, `M${k + bandWidth + 2},${y}H${product - 2}`, opacity);
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
    drawConnector(context, `M${product + bandWidth + 2},${y}H${dot - 1}`, opacity);
    drawConnector(context, `M${dot + BAND + 1},${y}H${tokens}`, opacity);
    highlight(context, weights[key], { x: tokens, y, width: keyWidth });
  }
  highlight(context, sinkWeight(layer, head, query), {
    x: tokens,
    y: layout.ySink,
    width: keyWidth,
  });
}

/**
 * The ground behind a token, as opaque as its weight.
 * @param {CanvasRenderingContext2D} context
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
