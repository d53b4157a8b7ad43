// The vectors of one head, and how they make one query's attention, on a canvas.

import { scaledDotProducts, sinkWeight, weightsOf } from "../core/formula/attention.js";
import { maskReason } from "../core/formula/mask.js";
import { keyVector, queryVector } from "../core/formula/vectors.js";
import { visiblePositions } from "../core/geometry/column_layout.js";
import { BAND_HEIGHT, COLUMN_GAP, ROW_HEIGHT } from "../core/geometry/computation_layout.js";
import { BLUE, connectorOpacity } from "../drawing/color.js";
import {
  drawConnector,
  drawDotProduct,
  drawFrame,
  drawHatch,
  drawVectorBand,
} from "./vector_band.js";

/** @typedef {import("./computation.js").ComputationData} ComputationData */
/** @typedef {import("../core/geometry/computation_layout.js").ComputationLayout} ComputationLayout */
/** @typedef {import("../drawing/figure_canvas.js").FigureSurface} FigureSurface */

/**
 * Draw every query and key vector in sight.
 * @param {FigureSurface} surface
 * @param {ComputationData} data
 * @param {ComputationLayout} layout
 */
export function drawVectors({ context, viewport }, { layer, head }, layout) {
  const { q, k, queries, keys } = layout;
  for (const query of visiblePositions(queries, viewport)) {
    const band = bandOf(layout, q, queries.yOfToken(query));
    drawVectorBand(context, queryVector(layer, head, query), band);
  }
  for (const key of visiblePositions(keys, viewport)) {
    drawVectorBand(context, keyVector(layer, head, key), bandOf(layout, k, keys.yOfToken(key)));
  }
}

/**
 * Draw how one query's attention is made.
 * @param {FigureSurface} surface
 * @param {ComputationData} data
 * @param {ComputationLayout} layout
 * @param {number} query
 */
export function drawQuery({ context, viewport }, { layer, head }, layout, query) {
  const { q, k, product, dot, tokens, queryWidth, keyWidth, bandWidth } = layout;
  const vector = queryVector(layer, head, query);
  const scores = scaledDotProducts(layer, head, query);
  const weights = weightsOf(layer, head, { axis: "query", position: query });
  const yQuery = layout.queries.yOfToken(query);
  level(context, queryWidth, q - 2, yQuery, 1);
  drawFrame(context, bandOf(layout, q, yQuery), 1);
  const turn = q + bandWidth + 0.75 * COLUMN_GAP;
  for (const key of visiblePositions(layout.keys, viewport)) {
    const y = layout.keys.yOfToken(key);
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
    const hidden = maskReason(layer, head, query, key);
    if (hidden === "outside") {
      const x = k + bandWidth + COLUMN_GAP / 2;
      drawHatch(context, { x, y: y - ROW_HEIGHT / 2, width: layout.width - x, height: ROW_HEIGHT });
    } else if (hidden === null) {
      const keyNumbers = keyVector(layer, head, key);
      const products = vector.map((number, dim) => number * keyNumbers[dim]);
      drawVectorBand(context, products, bandOf(layout, product, y));
      drawDotProduct(context, scores[key], { x: dot, y: y - BAND_HEIGHT / 2, size: BAND_HEIGHT });
    }
    drawFrame(context, bandOf(layout, product, y), opacity);
    level(context, product + bandWidth + 2, dot - 1, y, opacity);
    level(context, dot + BAND_HEIGHT + 1, tokens, y, opacity);
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
 * @param {import("../drawing/surface.js").DrawingContext} context
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
 * @param {import("../drawing/surface.js").DrawingContext} context
 * @param {number} weight
 * @param {{x: number, y: number, width: number}} row
 */
function highlight(context, weight, { x, y, width }) {
  context.fillStyle = BLUE;
  context.globalAlpha = weight;
  context.fillRect(x, y - ROW_HEIGHT / 2, width, ROW_HEIGHT);
  context.globalAlpha = 1;
}

/**
 * @param {ComputationLayout} layout
 * @param {number} x
 * @param {number} y middle of the row
 */
function bandOf({ bandWidth }, x, y) {
  return { x, y: y - BAND_HEIGHT / 2, width: bandWidth, height: BAND_HEIGHT };
}
