// A pen for straight lines on a part of a canvas, over a ground of one colour.

import { LEAST_OPACITY } from "../core/color.js";
import { Raster, rgba } from "../core/raster.js";

/**
 * What is drawn on.
 * @typedef {object} Sheet
 * @property {CanvasRenderingContext2D} context
 * @property {string} ground the colour that covers it; empty where it is clear
 */

/**
 * @typedef {object} Pen
 * @property {(x1: number, y1: number, x2: number, y2: number, opacity: number) => void} line x1 < x2;
 *   left out where it changes no pixel
 * @property {(color: string) => void} dip give it a colour for the lines to come
 * @property {() => void} show put on the canvas what is drawn so far
 * @property {() => void} putDown nothing more is drawn with it
 */

/**
 * @param {Sheet} sheet with a ground; its coordinates are the pen's
 * @param {[left: number, top: number, right: number, bottom: number]} box
 * @param {number} width of a line
 * @returns {Pen} to be put down
 */
export function takePen({ context, ground }, [left, top, right, bottom], width) {
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
