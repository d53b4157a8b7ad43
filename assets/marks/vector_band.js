// The shapes of the expanded neuron view on a canvas: vectors as bands of cells, dot products as
// squares, connectors between them.

import { BLUE, signColor, valueOpacity } from "../drawing/color.js";

/** @typedef {import("../drawing/surface.js").DrawingContext} DrawingContext */
/** @typedef {{x: number, y: number, width: number, height: number}} Box */

/** Color of frames and hatches: translucent, so that it is visible on light and dark backgrounds. */
const FRAME_COLOR = "#8885";

/**
 * Draw a vector as a band with one cell for each number: blue if positive, orange if negative, and more
 * opaque for a larger absolute value.
 * @param {DrawingContext} context
 * @param {ArrayLike<number>} vector
 * @param {Box} box
 */
export function drawVectorBand(context, vector, { x, y, width, height }) {
  const cell = width / vector.length;
  for (let dim = 0; dim < vector.length; dim++) {
    context.fillStyle = signColor(vector[dim]);
    context.globalAlpha = valueOpacity(vector[dim]);
    context.fillRect(x + dim * cell, y, cell, height);
  }
  context.globalAlpha = 1;
  context.strokeStyle = FRAME_COLOR;
  context.lineWidth = 1;
  context.strokeRect(x - 0.5, y - 0.5, width + 1, height + 1);
}

/**
 * Draw a dot product as a rounded square; its border is visible even if the value is 0.
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
 * Draw a connector along its corners.
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
 * Draw a frame around a vector.
 * @param {DrawingContext} context
 * @param {Box} box of the vector
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
 * Fill a box with thin slanted lines, which mark keys outside the attention window.
 * @param {DrawingContext} context
 * @param {Box} box
 */
export function drawHatch(context, { x, y, width, height }) {
  context.beginPath();
  // Lines start at multiples of HATCH in the whole picture, so that they continue in the next row.
  const first = Math.ceil((x + y) / HATCH) * HATCH;
  for (let at = first; at < x + width + y + height; at += HATCH) {
    const right = Math.min(x + width, at - y);
    const left = Math.max(x, at - y - height);
    context.moveTo(right, at - right);
    context.lineTo(left, at - left);
  }
  context.strokeStyle = FRAME_COLOR;
  context.lineWidth = 1;
  context.stroke();
}
