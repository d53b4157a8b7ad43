// Vectors as bands of cells, dot products as squares, and what connects them, on a canvas.

import { BLUE, signColor, valueOpacity } from "../drawing/color.js";

/** @typedef {import("../drawing/surface.js").DrawingContext} DrawingContext */

/** Quiet frames, to be seen on light and on dark. */
const FRAME = "#8885";

/**
 * One vector: a cell a number, blue or orange, the stronger the larger.
 * @param {DrawingContext} context
 * @param {ArrayLike<number>} vector
 * @param {{x: number, y: number, width: number, height: number}} box
 */
export function drawVectorBand(context, vector, { x, y, width, height }) {
  const cell = width / vector.length;
  for (let dim = 0; dim < vector.length; dim++) {
    context.fillStyle = signColor(vector[dim]);
    context.globalAlpha = valueOpacity(vector[dim]);
    context.fillRect(x + dim * cell, y, cell, height);
  }
  context.globalAlpha = 1;
  context.strokeStyle = FRAME;
  context.lineWidth = 1;
  context.strokeRect(x - 0.5, y - 0.5, width + 1, height + 1);
}

/**
 * One dot product: a rounded square, its border always to be seen.
 * @param {DrawingContext} context
 * @param {number} value
 * @param {{x: number, y: number, size: number}} box
 */
export function drawDotProduct(context, value, { x, y, size }) {
  context.beginPath();
  context.roundRect(x, y, size, size, 2);
  context.fillStyle = signColor(value);
  context.globalAlpha = valueOpacity(value);
  context.fill();
  context.strokeStyle = signColor(value);
  context.lineWidth = 1.2;
  context.globalAlpha = Math.max(Math.tanh(Math.abs(value) / 2), 0.35);
  context.stroke();
  context.globalAlpha = 1;
}

/**
 * A connector from corner to corner.
 * @param {DrawingContext} context
 * @param {[x: number, y: number][]} corners
 * @param {number} opacity
 */
export function drawConnector(context, corners, opacity) {
  if (opacity === 0) return;
  context.strokeStyle = BLUE;
  context.lineWidth = 2;
  context.globalAlpha = opacity;
  context.beginPath();
  context.moveTo(...corners[0]);
  for (const corner of corners.slice(1)) context.lineTo(...corner);
  context.stroke();
  context.globalAlpha = 1;
}

/**
 * A frame round a band.
 * @param {DrawingContext} context
 * @param {{x: number, y: number, width: number, height: number}} box
 * @param {number} opacity
 */
export function drawFrame(context, { x, y, width, height }, opacity) {
  if (opacity === 0) return;
  context.strokeStyle = BLUE;
  context.lineWidth = 2;
  context.globalAlpha = opacity;
  context.strokeRect(x - 1, y - 1, width + 2, height + 2);
  context.globalAlpha = 1;
}

/** Pixels between the lines of a hatch. */
const HATCH = 6;

/**
 * Thin slanted lines: what a window leaves out.
 * @param {DrawingContext} context
 * @param {{x: number, y: number, width: number, height: number}} box
 */
export function drawHatch(context, { x, y, width, height }) {
  context.beginPath();
  // Counted from the picture's corner, so that the lines of one row go on in the next.
  const first = Math.ceil((x + y) / HATCH) * HATCH;
  for (let at = first; at < x + width + y + height; at += HATCH) {
    const right = Math.min(x + width, at - y);
    const left = Math.max(x, at - y - height);
    context.moveTo(right, at - right);
    context.lineTo(left, at - left);
  }
  context.strokeStyle = FRAME;
  context.lineWidth = 1;
  context.stroke();
}
