// A canvas as a sheet to draw on, and the renderer of straight lines over a ground of one color.

import { MIN_OPACITY } from "../core/geometry/head_lines.js";
import { Raster, rgba } from "./raster.js";

/**
 * What of a canvas's context the marks use.
 * @typedef {Pick<CanvasRenderingContext2D, "globalAlpha" | "lineWidth" | "fillRect" | "strokeRect" |
 *   "beginPath" | "moveTo" | "lineTo" | "roundRect" | "fill" | "stroke">
 *   & {fillStyle: unknown, strokeStyle: unknown}} DrawingContext
 */

/**
 * What marks are drawn on, in the picture's own coordinates: a canvas, or an SVG (svg_surface.js).
 * @typedef {object} Surface
 * @property {DrawingContext} context
 * @property {(box: Box, width: number) => LineRenderer} createLineRenderer for lines of a
 *   width, to be released; the sheet has a ground
 */

/** @typedef {[left: number, top: number, right: number, bottom: number]} Box */

/**
 * @typedef {object} LineRenderer
 * @property {(x1: number, y1: number, x2: number, y2: number, opacity: number) => void} line x1 < x2;
 *   left out where it changes no pixel
 * @property {(color: string) => void} setColor set the colour for the lines to come
 * @property {() => void} flush put on the canvas what is drawn so far
 * @property {() => void} release nothing more is drawn with it
 */

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} ground the colour that covers it; empty where it is clear
 * @returns {Surface}
 */
export function canvasSurface(context, ground) {
  return {
    context,
    createLineRenderer: (box, width) => createLineRenderer(context, ground, box, width),
  };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} ground
 * @param {Box} box
 * @param {number} width of a line
 * @returns {LineRenderer}
 */
function createLineRenderer(context, ground, [left, top, right, bottom], width) {
  const { a: ratio, e, f } = context.getTransform();
  const [x, y] = [Math.floor(left * ratio + e), Math.floor(top * ratio + f)];
  const columns = Math.ceil(right * ratio + e) - x;
  const rows = Math.ceil(bottom * ratio + f) - y;
  const raster = Raster.take(columns, rows, rgba(ground));
  const [dx, dy] = [e - x, f - y];
  let ink = rgba(ground);
  const [above, below] = [top - width, bottom + width];
  return {
    line(x1, y1, x2, y2, opacity) {
      if (opacity < MIN_OPACITY) return;
      if ((y1 < above && y2 < above) || (y1 > below && y2 > below)) return;
      raster.stroke(
        x1 * ratio + dx,
        y1 * ratio + dy,
        x2 * ratio + dx,
        y2 * ratio + dy,
        width * ratio,
        ink,
        opacity,
      );
    },
    setColor(color) {
      ink = rgba(color);
    },
    flush: () => context.putImageData(new ImageData(raster.pixels, columns, rows), x, y),
    release: () => raster.giveBack(),
  };
}
