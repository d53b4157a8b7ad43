// The vectors of one head, and the computation of one query's attention, on a canvas.

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

/** @typedef {import("./computation_content.js").ComputationData} ComputationData */
/** @typedef {import("../core/geometry/computation_layout.js").ComputationLayout} ComputationLayout */
/** @typedef {import("../drawing/surface.js").DrawingContext} DrawingContext */
/** @typedef {import("../drawing/figure_canvas.js").FigureSurface} FigureSurface */

/**
 * Draw the visible query and key vectors.
 * @param {FigureSurface} surface
 * @param {ComputationData} data
 * @param {ComputationLayout} layout
 */
export function drawVectors({ context, viewport }, { layer, head }, layout) {
  const { q, k, queries, keys } = layout;
  for (const query of visiblePositions(queries, viewport)) {
    const band = bandBox(layout, q, queries.yOfToken(query));
    drawVectorBand(context, queryVector(layer, head, query), band);
  }
  for (const key of visiblePositions(keys, viewport)) {
    drawVectorBand(context, keyVector(layer, head, key), bandBox(layout, k, keys.yOfToken(key)));
  }
}

/**
 * Draw the computation of one query's attention.
 * @param {FigureSurface} surface
 * @param {ComputationData} data
 * @param {ComputationLayout} layout
 * @param {number} query
 */
export function drawQuery({ context, viewport }, { layer, head }, layout, query) {
  const { q, tokens, queryWidth, keyWidth } = layout;
  const vector = queryVector(layer, head, query);
  const scores = scaledDotProducts(layer, head, query);
  const weights = weightsOf(layer, head, { axis: "query", position: query });
  const yQuery = layout.queries.yOfToken(query);
  drawHorizontal(context, queryWidth, q - 2, yQuery, 1);
  drawFrame(context, bandBox(layout, q, yQuery), 1);
  for (const key of visiblePositions(layout.keys, viewport)) {
    const y = layout.keys.yOfToken(key);
    drawConnectorToKey(context, layout, yQuery, y, weights[key]);
    const reason = maskReason(layer, head, query, key);
    if (reason === "outside") drawOutside(context, layout, y);
    if (reason === null) {
      drawProducts(context, layout, y, vector, keyVector(layer, head, key), scores[key]);
    }
    drawConnectorToToken(context, layout, y, weights[key]);
  }
  const row = { x: tokens, y: layout.ySink, width: keyWidth };
  drawBackground(context, sinkWeight(layer, head, query), row);
}

/**
 * Draw the connector from the query vector to a key vector and on to their products.
 * @param {DrawingContext} context
 * @param {ComputationLayout} layout
 * @param {number} yQuery middle of the query's row, in pixels
 * @param {number} y middle of the key's row, in pixels
 * @param {number} weight
 */
function drawConnectorToKey(context, layout, yQuery, y, weight) {
  const { q, k, product, bandWidth } = layout;
  const opacity = connectorOpacity(weight);
  const begin = q + bandWidth + 2;
  const corner = q + bandWidth + 0.75 * COLUMN_GAP;
  drawConnector(
    context,
    [
      [begin, yQuery],
      [corner, yQuery],
      [corner, y],
      [k - 2, y],
    ],
    opacity,
  );
  drawFrame(context, bandBox(layout, k, y), opacity);
  drawHorizontal(context, k + bandWidth + 2, product - 2, y, opacity);
}

/**
 * Draw the elementwise products of a query and a key, and their dot product.
 * @param {DrawingContext} context
 * @param {ComputationLayout} layout
 * @param {number} y middle of the key's row, in pixels
 * @param {Float32Array} query vector
 * @param {Float32Array} key vector
 * @param {number} score the scaled dot product
 */
function drawProducts(context, layout, y, query, key, score) {
  const products = query.map((number, dim) => number * key[dim]);
  drawVectorBand(context, products, bandBox(layout, layout.product, y));
  drawDotProduct(context, score, { x: layout.dot, y: y - BAND_HEIGHT / 2, size: BAND_HEIGHT });
}

/**
 * Draw the connector from the products of a key to its token, and the token's background.
 * @param {DrawingContext} context
 * @param {ComputationLayout} layout
 * @param {number} y middle of the key's row, in pixels
 * @param {number} weight
 */
function drawConnectorToToken(context, layout, y, weight) {
  const { product, dot, tokens, bandWidth, keyWidth } = layout;
  const opacity = connectorOpacity(weight);
  drawFrame(context, bandBox(layout, product, y), opacity);
  drawHorizontal(context, product + bandWidth + 2, dot - 1, y, opacity);
  drawHorizontal(context, dot + BAND_HEIGHT + 1, tokens, y, opacity);
  drawBackground(context, weight, { x: tokens, y, width: keyWidth });
}

/**
 * Draw the hatch of a key outside the attention window.
 * @param {DrawingContext} context
 * @param {ComputationLayout} layout
 * @param {number} y middle of the key's row, in pixels
 */
function drawOutside(context, { k, bandWidth, width }, y) {
  const x = k + bandWidth + COLUMN_GAP / 2;
  drawHatch(context, { x, y: y - ROW_HEIGHT / 2, width: width - x, height: ROW_HEIGHT });
}

/**
 * Draw a horizontal connector.
 * @param {DrawingContext} context
 * @param {number} x1
 * @param {number} x2
 * @param {number} y
 * @param {number} opacity
 */
function drawHorizontal(context, x1, x2, y, opacity) {
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
 * Draw the background of a token, as opaque as its weight.
 * @param {DrawingContext} context
 * @param {number} weight
 * @param {{x: number, y: number, width: number}} row left edge, middle and width, in pixels
 */
function drawBackground(context, weight, { x, y, width }) {
  context.fillStyle = BLUE;
  context.globalAlpha = weight;
  context.fillRect(x, y - ROW_HEIGHT / 2, width, ROW_HEIGHT);
  context.globalAlpha = 1;
}

/**
 * Return the box of a vector in a row.
 * @param {ComputationLayout} layout
 * @param {number} x left edge, in pixels
 * @param {number} y middle of the row, in pixels
 */
function bandBox({ bandWidth }, x, y) {
  return { x, y: y - BAND_HEIGHT / 2, width: bandWidth, height: BAND_HEIGHT };
}
