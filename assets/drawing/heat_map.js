// A matrix of cells of one color, each as opaque as its weight: on a transparent canvas, so that a change
// of the page's theme needs no redraw, or as SVG elements.

import { MIN_OPACITY } from "../core/geometry/head_lines.js";
import { rgb } from "../vendor/d3.js";
import { resizeCanvas } from "./canvas.js";
import { paintAttributes, rounded, svgElement } from "./svg_element.js";

/** @typedef {import("../core/geometry/column_layout.js").Column} Column */

/**
 * @typedef {object} HeatMap
 * @property {Column} queries
 * @property {Column} keys
 * @property {(row: number) => Float32Array | null} weightsOf returns `[key row]`, 0 to 1; null if the row
 *   is empty
 * @property {string} color
 */

/** @typedef {{left: number, top: number, width: number, height: number}} Box in pixels of the matrix */

/** Minimum size of a cell that has a gap to the next one, and size of the gap, in pixels. */
const [MIN_CELL_WITH_GAP, GAP] = [10, 1];
/** Rectangles of an SVG picture; a picture with more cells is an image. */
const MAX_RECTANGLES = 20_000;
/** Image pixels per CSS pixel of an SVG picture. */
const IMAGE_RATIO = 2;
const OPAQUE = 255;

/**
 * Paint the visible part of a matrix.
 * @param {HTMLCanvasElement} canvas
 * @param {HeatMap} heatMap
 * @param {Box} box the visible part
 * @param {number} [ratio] canvas pixels per CSS pixel, the screen's ratio by default
 */
export function paintHeatMap(canvas, heatMap, box, ratio = globalThis.devicePixelRatio || 1) {
  const context = resizeCanvas(canvas, box.width, box.height, ratio);
  const { width, height } = canvas;
  if (width === 0 || height === 0) return;
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const columns = cellsOfPixels(heatMap.keys, box.left, width, ratio);
  const rows = cellsOfPixels(heatMap.queries, box.top, height, ratio);
  const color = colorBits(heatMap.color);
  for (let y = 0; y < height; y++) {
    const row = rows[y];
    if (row < 0) continue;
    const begin = y * width;
    // The pixels of a cell differ only in their column.
    if (rows[y - 1] === row) pixels.copyWithin(begin, begin - width, begin);
    else paintLine(pixels.subarray(begin, begin + width), heatMap.weightsOf(row), columns, color);
  }
  context.putImageData(image, 0, 0);
}

/**
 * @param {Uint32Array} pixels of one line
 * @param {Float32Array | null} weights `[key row]`
 * @param {Int32Array} columns the key row of each pixel, -1 for none
 * @param {number} color
 */
function paintLine(pixels, weights, columns, color) {
  if (!weights) return;
  for (let x = 0; x < pixels.length; x++) {
    if (columns[x] < 0) continue;
    const alpha = Math.round(weights[columns[x]] * OPAQUE);
    // The alpha is the last byte of a pixel, so it is the highest one of a little-endian number.
    pixels[x] = (alpha << 24) | color;
  }
}

/**
 * Return red, green and blue as the lower bytes of a number.
 * @param {string} color
 * @returns {number}
 */
function colorBits(color) {
  const { r, g, b } = rgb(color);
  return (b << 16) | (g << 8) | r;
}

/**
 * Return the row of cells that contains the center of each pixel, or -1 for a pixel of a gap.
 * @param {Column} column
 * @param {number} begin of the visible part, in CSS pixels of the matrix
 * @param {number} length canvas pixels
 * @param {number} ratio canvas pixels per CSS pixel
 * @returns {Int32Array}
 */
function cellsOfPixels(column, begin, length, ratio) {
  return Int32Array.from({ length }, (_, pixel) => {
    const at = begin + (pixel + 0.5) / ratio;
    const row = column.rowNear(at);
    const end = column.yOfRow(row) + column.rowHeight(row) / 2;
    return at >= end - gapOf(column, row) ? -1 : row;
  });
}

/**
 * Return the width of the gap after a cell, in CSS pixels.
 * @param {Column} column
 * @param {number} row
 */
function gapOf(column, row) {
  return column.rowHeight(row) >= MIN_CELL_WITH_GAP ? GAP : 0;
}

/**
 * Return the visible part of a matrix as SVG rectangles, or as an image if they are too many.
 * @param {Document} document
 * @param {HeatMap} heatMap
 * @param {Box} box the visible part
 * @returns {SVGElement} whose top left corner is at 0, 0
 */
export function heatMapPicture(document, heatMap, box) {
  const cells = visibleCells(heatMap, box);
  const { width, height } = box;
  if (cells.length > MAX_RECTANGLES) {
    const canvas = document.createElement("canvas");
    paintHeatMap(canvas, heatMap, box, IMAGE_RATIO);
    return svgElement(document, "image", { width, height, href: canvas.toDataURL() });
  }
  const fill = paintAttributes("fill", heatMap.color, 1);
  const group = svgElement(document, "g", { ...fill, "shape-rendering": "crispEdges" });
  for (const { weight, ...place } of cells) {
    group.append(svgElement(document, "rect", { ...place, "fill-opacity": weight }));
  }
  return group;
}

/**
 * @param {HeatMap} heatMap
 * @param {Box} box
 * @returns {{x: number, y: number, width: number, height: number, weight: number}[]}
 */
function visibleCells({ queries, keys, weightsOf }, { left, top, width, height }) {
  const columns = piecesOf(keys, left, width);
  return piecesOf(queries, top, height).flatMap((row) => {
    const weights = weightsOf(row.index);
    if (!weights) return [];
    return columns
      .filter(({ index }) => weights[index] >= MIN_OPACITY)
      .map(({ index, begin, size }) => {
        const weight = Number(weights[index].toFixed(4));
        return { x: begin, y: row.begin, width: size, height: row.size, weight };
      });
  });
}

/**
 * Return the visible part of each row of cells.
 * @param {Column} column
 * @param {number} begin of the visible part
 * @param {number} length of the visible part
 * @returns {{index: number, begin: number, size: number}[]} pixels from the begin of the visible part
 */
function piecesOf(column, begin, length) {
  const [first, last] = [column.rowNear(begin), column.rowNear(begin + length)];
  return Array.from({ length: last - first + 1 }, (_, at) => {
    const index = first + at;
    const middle = column.yOfRow(index) - begin;
    const half = column.rowHeight(index) / 2;
    const from = Math.max(0, middle - half);
    const to = Math.min(length, middle + half - gapOf(column, index));
    return { index, begin: rounded(from), size: rounded(Math.max(0, to - from)) };
  }).filter(({ size }) => size > 0);
}
