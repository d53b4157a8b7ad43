// A canvas as a sheet to draw on, and its pen for straight lines over a ground of one colour.

import { LEAST_OPACITY } from "../core/color.js";
import { Raster, rgba } from "../core/raster.js";

/**
 * What of a canvas's context the marks use.
 * @typedef {Pick<CanvasRenderingContext2D, "globalAlpha" | "lineWidth" | "fillRect" | "strokeRect" |
 *   "beginPath" | "moveTo" | "lineTo" | "roundRect" | "fill" | "stroke">
 *   & {fillStyle: unknown, strokeStyle: unknown}} Brush
 */

/**
 * What marks are drawn on, in the picture's own coordinates: a canvas, or an SVG (svg_sheet.js).
 * @typedef {object} Sheet
 * @property {Brush} context
 * @property {(box: Box, width: number) => Pen} takePen for lines of a width, to be put down; the sheet
 *   has a ground
 */

/** @typedef {[left: number, top: number, right: number, bottom: number]} Box */

/**
 * @typedef {object} Pen
 * @property {(x1: number, y1: number, x2: number, y2: number, opacity: number) => void} line x1 < x2;
 *   left out where it changes no pixel
 * @property {(color: string) => void} dip give it a colour for the lines to come
 * @property {() => void} show put on the canvas what is drawn so far
 * @property {() => void} putDown nothing more is drawn with it
 */

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} ground the colour that covers it; empty where it is clear
 * @returns {Sheet}
 */
export function canvasSheet(context, ground) {
  return { context, takePen: (box, width) => takePen(context, ground, box, width) };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} ground
 * @param {Box} box
 * @param {number} width of a line
 * @returns {Pen}
 */
function takePen(context, ground, [left, top, right, bottom], width) {
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
      if (opacity < LEAST_OPACITY) return;
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
    dip(color) {
      ink = rgba(color);
    },
    show: () => context.putImageData(new ImageData(raster.pixels, columns, rows), x, y),
    putDown: () => raster.giveBack(),
  };
}
