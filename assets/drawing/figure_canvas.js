// A canvas that covers the visible part of a figure. It repaints itself when another part becomes
// visible.

import { fillBackground, resizeCanvas } from "./canvas.js";
import { canvasSurface } from "./canvas_surface.js";
import { drawStaticPicture } from "./static_picture.js";

/** @typedef {import("./viewport.js").Range} Range */

/**
 * What a part of a figure is drawn on. Coordinates are CSS pixels of the picture.
 * @typedef {import("./surface.js").Surface & {viewport: Range}} FigureSurface
 */

/**
 * Draws the visible part of a figure. A painter that may take longer than a frame returns a generator,
 * which yields whenever it has used its share of a frame.
 * @callback Painter
 * @param {FigureSurface} surface
 * @returns {Generator<void, void> | void}
 */

/** @typedef {ReturnType<typeof createFigureCanvas>} FigureCanvas */

/**
 * Create a figure canvas, which paints nothing at first.
 * @param {HTMLCanvasElement} canvas
 * @param {HTMLElement | null} background an element of class bertviz-page-background whose color
 *   covers the canvas; null for a transparent canvas
 * @param {import("./viewport.js").Viewport} viewport
 */
export function createFigureCanvas(canvas, background, viewport) {
  /** @type {Painter | null} */
  let painter = null;
  let isFirstStep = true;
  /** @type {Generator<void, void> | void} the steps that remain */
  let steps;

  /** Clear the canvas and start to paint. */
  function begin() {
    const { width, visibleHeight, top } = viewport.size();
    const context = resizeCanvas(canvas, painter ? width : 0, painter ? visibleHeight : 0);
    if (!painter) return;
    context.translate(0, -top);
    const box = /** @type {[number, number, number, number]} */ ([0, top, width, visibleHeight]);
    const color = background ? fillBackground(context, background, box) : "";
    return painter({ ...canvasSurface(context, color), viewport: viewport.range() });
  }

  return {
    /** @param {Painter | null} next null to paint nothing */
    setPainter(next) {
      painter = next;
    },
    restart() {
      isFirstStep = true;
    },
    step() {
      if (isFirstStep) {
        steps?.return();
        steps = begin();
      }
      isFirstStep = false;
      return steps?.next().done ?? true;
    },
    /** @param {boolean} visible */
    setVisible(visible) {
      canvas.style.visibility = visible ? "visible" : "hidden";
    },
    /**
     * Draw a part of the picture as SVG elements or as an image.
     * @param {Range} range the part to draw
     * @returns {SVGElement | null} null if the canvas is empty or hidden
     */
    staticPicture([top, bottom]) {
      const paint = painter;
      if (!paint || canvas.style.visibility === "hidden") return null;
      const box = { x: 0, y: top, width: viewport.size().width, height: bottom - top };
      return drawStaticPicture(background, canvas.ownerDocument, box, (surface) => {
        return paint({ ...surface, viewport: [top, bottom] });
      });
    },
  };
}
