// The vectors of one head, and the computation of one query's attention, on a canvas.

import { scaledDotProducts, sinkWeight, weightsOf } from "../core/formula/attention.js";
import { maskReason } from "../core/formula/mask.js";
import { keyVector, queryVector } from "../core/formula/vectors.js";
import { visiblePositions } from "../core/geometry/column_layout.js";
import { BAND_HEIGHT, ROW_HEIGHT } from "../core/geometry/computation_layout.js";
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
 * The edges of a column where the connectors of a key end and begin, in pixels.
 * @typedef {{left: number, right: number}} Stop
 */

/**
 * Draw the visible query and key vectors.
 * @param {FigureSurface} surface
 * @param {ComputationData} data
 * @param {ComputationLayout} layout
 */
export function drawVectors({ context, viewport }, { layer, head }, layout) {
  const { q, k, queries, keys } = layout;
  if (q !== null) {
    for (const query of visiblePositions(queries, viewport)) {
      const band = bandBox(layout, q, queries.yOfToken(query));
      drawVectorBand(context, queryVector(layer, head, query), band);
    }
  }
  if (k !== null) {
    for (const key of visiblePositions(keys, viewport)) {
      drawVectorBand(context, keyVector(layer, head, key), bandBox(layout, k, keys.yOfToken(key)));
    }
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
  const { q, queryWidth, ySink } = layout;
  const vector = queryVector(layer, head, query);
  const scores = scaledDotProducts(layer, head, query);
  const weights = weightsOf(layer, head, { axis: "query", position: query });
  const yQuery = layout.queries.yOfToken(query);
  if (q !== null) {
    drawHorizontal(context, queryWidth, q - 2, yQuery, 1);
    drawFrame(context, bandBox(layout, q, yQuery), 1);
  }
  const stops = stopsOf(layout);
  for (const key of visiblePositions(layout.keys, viewport)) {
    const y = layout.keys.yOfToken(key);
    const reason = maskReason(layer, head, query, key);
    if (reason === "outside") drawOutside(context, layout, y);
    if (reason === null) {
      drawProducts(context, layout, y, vector, keyVector(layer, head, key), scores[key]);
    }
    drawConnectors(context, layout, stops, [yQuery, y], weights[key]);
    drawBackground(context, layout, weights[key], y);
  }
  drawBackground(context, layout, sinkWeight(layer, head, query), ySink);
}

/**
 * Return where the connectors of a key end and begin, from left to right.
 * @param {ComputationLayout} layout
 * @returns {Stop[]}
 */
function stopsOf({ k, product, dot, tokens, bandWidth }) {
  const stops = [];
  for (const band of [k, product]) {
    if (band !== null) stops.push({ left: band - 2, right: band + bandWidth + 2 });
  }
  if (dot !== null) stops.push({ left: dot - 1, right: dot + BAND_HEIGHT + 1 });
  if (tokens !== null) stops.push({ left: tokens, right: tokens });
  return stops;
}

/**
 * Draw the connectors from a query to a key's first column and on to its token, and the frames around
 * the key's vectors.
 * @param {DrawingContext} context
 * @param {ComputationLayout} layout
 * @param {Stop[]} stops
 * @param {[yQuery: number, y: number]} rows the middles of the rows of query and key, in pixels
 * @param {number} weight
 */
function drawConnectors(context, layout, stops, [yQuery, y], weight) {
  const { q, k, product, corner, queryWidth, bandWidth } = layout;
  const opacity = connectorOpacity(weight);
  if (stops.length > 0) {
    drawConnector(
      context,
      [
        [q === null ? queryWidth : q + bandWidth + 2, yQuery],
        [corner, yQuery],
        [corner, y],
        [stops[0].left, y],
      ],
      opacity,
    );
  }
  for (const band of [k, product]) {
    if (band !== null) drawFrame(context, bandBox(layout, band, y), opacity);
  }
  stops.slice(1).forEach(({ left }, before) => {
    drawHorizontal(context, stops[before].right, left, y, opacity);
  });
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
  const { product, dot } = layout;
  if (product !== null) {
    const products = query.map((number, dim) => number * key[dim]);
    drawVectorBand(context, products, bandBox(layout, product, y));
  }
  if (dot !== null) {
    drawDotProduct(context, score, { x: dot, y: y - BAND_HEIGHT / 2, size: BAND_HEIGHT });
  }
}

/**
 * Draw the hatch of a key outside the attention window.
 * @param {DrawingContext} context
 * @param {ComputationLayout} layout
 * @param {number} y middle of the key's row, in pixels
 */
function drawOutside(context, { outside, width }, y) {
  if (outside === null) return;
  const box = { x: outside, y: y - ROW_HEIGHT / 2, width: width - outside, height: ROW_HEIGHT };
  drawHatch(context, box);
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
 * Draw the background of a key token, as opaque as its weight.
 * @param {DrawingContext} context
 * @param {ComputationLayout} layout
 * @param {number} weight
 * @param {number} y middle of the row, in pixels
 */
function drawBackground(context, { tokens, keyWidth }, weight, y) {
  if (tokens === null) return;
  context.fillStyle = BLUE;
  context.globalAlpha = weight;
  context.fillRect(tokens, y - ROW_HEIGHT / 2, keyWidth, ROW_HEIGHT);
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
