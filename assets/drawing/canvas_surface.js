// A canvas as a drawing surface. Its lines are rendered in memory (raster.js).

import { MIN_OPACITY } from "../core/geometry/head_lines.js";
import { Raster, rgba } from "./raster.js";

/** @typedef {import("./surface.js").Box} Box */
/** @typedef {import("./surface.js").LineRenderer} LineRenderer */
/** @typedef {import("./surface.js").Surface} Surface */

/**
 * Return a surface that draws on a canvas.
 * @param {CanvasRenderingContext2D} context
 * @param {string} background the color that covers the canvas; empty if it is transparent
 * @returns {Surface}
 */
export function canvasSurface(context, background) {
  return {
    context,
    createLineRenderer: (box, width) => createLineRenderer(context, background, box, width),
  };
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
  const raster = Raster.take(columns, rows, rgba(background));
  const [dx, dy] = [e - x, f - y];
  let color = rgba(background);
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
        color,
        opacity,
      );
    },
    setColor(name) {
      color = rgba(name);
    },
    flush: () => context.putImageData(new ImageData(raster.pixels, columns, rows), x, y),
    release: () => raster.giveBack(),
  };
}
