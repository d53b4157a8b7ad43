// Zooming and scrolling in a figure of many tokens: by wheel with Ctrl, by pinch, by the minimap
// beside the figure, or by a call. The browser scrolls the figure itself.

import { boundScale, centerScale, fitScale, zoomScale } from "../core/geometry/zoom.js";
import { createMinimap, MINIMAP_WIDTH } from "./minimap.js";
import { onPinch } from "./pinch.js";

/** @typedef {import("../core/geometry/zoom.js").Bounds} Bounds */
/** @typedef {import("../core/geometry/zoom.js").Scale} Scale */

/** Factor of one step of a zoom button. */
const ZOOM_STEP = 2;
/** Tolerance of a comparison of heights, in pixels. */
const TOLERANCE = 1e-6;

/** The scale of a figure, and the minimap beside the figure. */
export class Zooming {
  #figure;
  #onScale;
  #minimap;
  /** @type {Bounds} */
  #bounds = { numTokens: 1, viewHeight: 1, defaultTokenHeight: 1 };
  /** @type {Scale} */
  #scale = { tokenHeight: 1, top: 0 };

  /**
   * Create the zooming of a figure, with a minimap beside the figure.
   * @param {HTMLElement} frame the figure's parent
   * @param {import("../drawing/figure.js").Figure} figure
   * @param {(scale: Scale) => void} onScale called when the picture needs a layout at another scale
   */
  constructor(frame, figure, onScale) {
    this.#figure = figure;
    this.#onScale = onScale;
    this.#minimap = createMinimap(frame, {
      onMove: (middle) => this.#center(this.#scale, middle / this.#scale.tokenHeight),
      onResize: ([top, bottom]) => {
        const { tokenHeight } = this.#scale;
        this.#change(fitScale([top / tokenHeight, bottom / tokenHeight], this.#bounds));
      },
    });
    onPinch(figure.element, (factor, { clientY }) => {
      this.#zoom(factor, clientY - figure.element.getBoundingClientRect().top);
    });
  }

  /**
   * Return the scale for a text: the current scale, or the default scale for a text of another length.
   * @param {Bounds} bounds
   * @returns {Scale}
   */
  fit(bounds) {
    const { numTokens, defaultTokenHeight } = this.#bounds;
    const isSame =
      bounds.numTokens === numTokens && bounds.defaultTokenHeight === defaultTokenHeight;
    const scale = isSame ? this.#scale : { tokenHeight: bounds.defaultTokenHeight, top: 0 };
    this.#bounds = bounds;
    this.#scale = boundScale(scale, bounds);
    return this.#scale;
  }

  /**
   * Move the minimap's frame to the visible part of the picture.
   * @param {import("../drawing/viewport.js").Range} viewport
   */
  setViewport([top, bottom]) {
    this.#scale = { ...this.#scale, top };
    const { numTokens, viewHeight } = this.#bounds;
    const height = this.state().isLong ? bottom - top : 0;
    this.#minimap.draw(height, numTokens * this.#scale.tokenHeight, [top, top + viewHeight]);
  }

  /** @param {import("./minimap.js").Bars | null} bars of the minimap; null for no bars */
  mark(bars) {
    this.#minimap.mark(bars);
  }

  /**
   * Return whether all tokens are visible, and whether they would not be visible at the default scale.
   * @returns {{isWhole: boolean, isLong: boolean}}
   */
  state() {
    const { numTokens, viewHeight, defaultTokenHeight } = this.#bounds;
    return {
      isWhole: this.#scale.tokenHeight * numTokens <= viewHeight + TOLERANCE,
      isLong: defaultTokenHeight * numTokens > viewHeight + TOLERANCE,
    };
  }

  /** Return the width that the minimap takes beside the figure, in pixels. */
  minimapWidth() {
    return this.state().isLong ? MINIMAP_WIDTH : 0;
  }

  /** @param {1 | -1} direction 1 to zoom in, -1 to zoom out */
  step(direction) {
    this.#zoom(ZOOM_STEP ** direction, this.#bounds.viewHeight / 2);
  }

  reset() {
    this.#change({ tokenHeight: this.#bounds.defaultTokenHeight, top: 0 });
  }

  showAll() {
    this.#change(fitScale([0, this.#bounds.numTokens], this.#bounds));
  }

  /**
   * Scroll a token to the middle, and zoom in if its row is too small to read.
   * @param {number} token counted from the first token of the figure
   */
  goTo(token) {
    const tokenHeight = Math.max(this.#scale.tokenHeight, this.#bounds.defaultTokenHeight);
    this.#center({ tokenHeight, top: 0 }, token + 0.5);
  }

  /**
   * @param {Scale} scale
   * @param {number} token scrolled to the middle; may lie between two tokens
   */
  #center(scale, token) {
    this.#change(centerScale(scale, token, this.#bounds));
  }

  /**
   * @param {number} factor
   * @param {number} y place that does not move, in pixels from the top of the visible part
   */
  #zoom(factor, y) {
    this.#change(zoomScale(this.#scale, factor, y, this.#bounds));
  }

  /** @param {Scale} scale */
  #change(scale) {
    const isSame = scale.tokenHeight === this.#scale.tokenHeight;
    this.#scale = scale;
    if (isSame) this.#figure.scrollTo(scale.top);
    else this.#onScale(scale);
  }
}
