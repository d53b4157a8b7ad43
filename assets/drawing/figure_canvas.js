// A canvas that covers the visible part of a figure. The figure repaints it when another part becomes
// visible.

import { fillBackground, resizeCanvas } from "./canvas.js";
import { canvasSurface } from "./canvas_surface.js";
import { drawStaticPicture } from "./static_picture.js";

/** @typedef {import("./paint_queue.js").Paintable} Paintable */
/** @typedef {import("./picture_theme.js").PictureTheme} PictureTheme */
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

/** @implements {Paintable} */
export class FigureCanvas {
  #canvas;
  #background;
  #viewport;
  /** @type {Painter | null} */
  #painter = null;
  #isFirstStep = true;
  /** @type {Generator<void, void> | void} the steps that remain */
  #steps = undefined;

  /**
   * Create a canvas that paints nothing at first.
   * @param {HTMLCanvasElement} canvas
   * @param {HTMLElement | null} background an element of class bertviz-page-background whose color
   *   covers the canvas; null for a transparent canvas
   * @param {import("./viewport.js").Viewport} viewport
   */
  constructor(canvas, background, viewport) {
    this.#canvas = canvas;
    this.#background = background;
    this.#viewport = viewport;
  }

  /** @param {Painter | null} painter null to paint nothing */
  setPainter(painter) {
    this.#painter = painter;
  }

  /** @param {boolean} visible */
  setVisible(visible) {
    this.#canvas.style.visibility = visible ? "visible" : "hidden";
  }

  restart() {
    this.#isFirstStep = true;
  }

  step() {
    if (this.#isFirstStep) {
      this.#steps?.return();
      this.#steps = this.#begin();
    }
    this.#isFirstStep = false;
    return this.#steps?.next().done ?? true;
  }

  /**
   * Draw a part of the picture as SVG elements or as an image.
   * @param {Range} range the part to draw
   * @param {PictureTheme} theme
   * @returns {SVGElement | null} null if the canvas is empty or hidden
   */
  staticPicture([top, bottom], theme) {
    const painter = this.#painter;
    if (!painter || this.#canvas.style.visibility === "hidden") return null;
    const box = { x: 0, y: top, width: this.#viewport.width, height: bottom - top };
    const background = this.#background ? theme.background : null;
    return drawStaticPicture(background, this.#canvas.ownerDocument, box, (surface) => {
      return painter({ ...surface, viewport: [top, bottom] });
    });
  }

  /** Clear the canvas and start to paint. */
  #begin() {
    const { width, visibleHeight, top, range } = this.#viewport;
    const painter = this.#painter;
    const context = resizeCanvas(this.#canvas, painter ? width : 0, painter ? visibleHeight : 0);
    if (!painter) return;
    context.translate(0, -top);
    const color = this.#background
      ? fillBackground(context, this.#background, [0, top, width, visibleHeight])
      : "";
    return painter({ ...canvasSurface(context, color), viewport: range });
  }
}
