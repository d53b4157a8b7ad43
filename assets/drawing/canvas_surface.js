// A canvas as a drawing surface. Its lines are rendered in memory (raster.js).

import { MIN_OPACITY } from "../core/geometry/head_lines.js";
import { rgb } from "../vendor/d3.js";
import { giveBackRaster, takeRaster } from "./raster_pool.js";

/** @typedef {import("./surface.js").Box} Box */
/** @typedef {import("./surface.js").LineRenderer} LineRenderer */
/** @typedef {import("./surface.js").Surface} Surface */

/** Largest number of pixels of a line renderer, which takes 40 MB for them. */
const MAX_PIXELS = 2 ** 21;

/**
 * Return a surface that draws on a canvas.
 * @param {CanvasRenderingContext2D} context
 * @param {string} background the color that covers the canvas; empty if it is transparent
 * @returns {Surface}
 */
export function canvasSurface(context, background) {
  return {
    context,
    bandsOf: (box) => bandsOf(box, context.getTransform().a),
    createLineRenderer: (box, width) => createLineRenderer(context, background, box, width),
  };
}

/**
 * Split a box into bands that have MAX_PIXELS or less.
 * @param {Box} box
 * @param {number} ratio canvas pixels per CSS pixel
 * @returns {Box[]}
 */
function bandsOf([left, top, right, bottom], ratio) {
  const height = Math.max(1, Math.floor(MAX_PIXELS / ((right - left) * ratio ** 2)));
  return Array.from({ length: Math.ceil((bottom - top) / height) }, (_, index) => {
    const y = top + index * height;
    return [left, y, right, Math.min(y + height, bottom)];
  });
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} background color
 * @param {Box} box
 * @param {number} width of a line, in pixels
 * @returns {LineRenderer}
 */
function createLineRenderer(context, background, [left, top, right, bottom], width) {
  const { a: ratio, e, f } = context.getTransform();
  const [x, y] = [Math.floor(left * ratio + e), Math.floor(top * ratio + f)];
  const columns = Math.ceil(right * ratio + e) - x;
  const rows = Math.ceil(bottom * ratio + f) - y;
  const [dx, dy] = [e - x, f - y];
  const [above, below] = [top - width, bottom + width];
  let color = rgb(background);
  const raster = takeRaster();
  raster.start(columns, rows, color);
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
        opacity,
      );
    },
    setColor(name) {
      raster.composite(color);
      color = rgb(name);
    },
    flush() {
      raster.composite(color);
      const { bytes, stride } = raster.round();
      context.putImageData(new ImageData(bytes, stride, rows), x, y, 0, 0, columns, rows);
    },
    release: () => giveBackRaster(raster),
  };
}
