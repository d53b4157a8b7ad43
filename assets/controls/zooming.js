// Zooming and scrolling in a figure of many tokens: by wheel with Ctrl, by pinch, by the minimap
// beside the figure, or by a call. The browser scrolls the figure itself.

import { boundScale, centerScale, fitScale, zoomScale } from "../core/geometry/zoom.js";
import { createMinimap, MINIMAP_WIDTH } from "./minimap.js";

/** @typedef {import("../core/geometry/zoom.js").Bounds} Bounds */
/** @typedef {import("../core/geometry/zoom.js").Scale} Scale */

/** Factor of one step of a zoom button. */
const STEP = 2;
/** Scale change of a wheel event: `exp(-deltaY / WHEEL)`, deltaY in pixels. */
const WHEEL = 200;
/** Tolerance of a comparison of heights, in pixels. */
const ROUNDING = 1e-6;

/**
 * Create the zooming of a figure, with a minimap beside it.
 * @param {HTMLElement} frame the figure's parent
 * @param {import("../drawing/figure.js").Figure} figure
 * @param {(scale: Scale) => void} onScale called when the picture needs a layout at another scale
 */
export function createZooming(frame, figure, onScale) {
  /** @type {Bounds} */
  let bounds = { numTokens: 1, viewHeight: 1, defaultTokenHeight: 1 };
  /** @type {Scale} */
  let scale = { tokenHeight: 1, top: 0 };
  const minimap = createMinimap(frame, {
    onMove: (middle) => change(centerScale(scale, middle / scale.tokenHeight, bounds)),
    onResize: ([top, bottom]) =>
      change(fitScale([top / scale.tokenHeight, bottom / scale.tokenHeight], bounds)),
  });
  onPinch(figure.element, (factor, y) => change(zoomScale(scale, factor, y, bounds)));

  /** @param {Scale} next */
  function change(next) {
    const isSame = next.tokenHeight === scale.tokenHeight;
    scale = next;
    if (isSame) figure.scrollTo(scale.top);
    else onScale(scale);
  }

  return {
    /**
     * Return the scale for a text: the current scale, or the default scale for a text of another length.
     * @param {Bounds} next
     * @returns {Scale}
     */
    fit(next) {
      const isSame =
        next.numTokens === bounds.numTokens &&
        next.defaultTokenHeight === bounds.defaultTokenHeight;
      bounds = next;
      scale = boundScale(isSame ? scale : { tokenHeight: next.defaultTokenHeight, top: 0 }, bounds);
      return scale;
    },
    /**
     * Move the minimap's frame to the visible part of the picture.
     * @param {import("../drawing/viewport.js").Range} viewport
     */
    setViewport([top, bottom]) {
      scale = { ...scale, top };
      const height = stateOf(scale, bounds).isLong ? bottom - top : 0;
      minimap.draw(height, bounds.numTokens * scale.tokenHeight, [top, top + bounds.viewHeight]);
    },
    mark: minimap.mark,
    state: () => stateOf(scale, bounds),
    /** Return the width that the minimap takes beside the figure, in pixels. */
    minimapWidth: () => (stateOf(scale, bounds).isLong ? MINIMAP_WIDTH : 0),
    /** @param {1 | -1} direction 1 to zoom in, -1 to zoom out */
    step(direction) {
      change(zoomScale(scale, STEP ** direction, bounds.viewHeight / 2, bounds));
    },
    showAll() {
      change(fitScale([0, bounds.numTokens], bounds));
    },
    /**
     * Scroll a token to the middle, and zoom in if its row is too small to read.
     * @param {number} token counted from the first token of the figure
     */
    goTo(token) {
      const tokenHeight = Math.max(scale.tokenHeight, bounds.defaultTokenHeight);
      change(centerScale({ tokenHeight, top: 0 }, token + 0.5, bounds));
    },
  };
}

/**
 * Call a listener when the reader pinches an element or turns the wheel with Ctrl.
 * @param {HTMLElement} element
 * @param {(factor: number, y: number) => void} listener receives the change of the scale, and the
 *   pointer's distance from the top of the element, in pixels
 */
function onPinch(element, listener) {
  element.addEventListener(
    "wheel",
    (event) => {
      // A browser reports a pinch as a wheel event with Ctrl.
      if (!event.ctrlKey) return;
      event.preventDefault();
      const y = event.clientY - element.getBoundingClientRect().top;
      listener(Math.exp(-event.deltaY / WHEEL), y);
    },
    { passive: false },
  );
}

/**
 * Return whether all tokens are visible at a scale, and whether they would not be visible at the default
 * scale.
 * @param {Scale} scale
 * @param {Bounds} bounds
 * @returns {{isWhole: boolean, isLong: boolean}}
 */
function stateOf({ tokenHeight }, { numTokens, viewHeight, defaultTokenHeight }) {
  return {
    isWhole: tokenHeight * numTokens <= viewHeight + ROUNDING,
    isLong: defaultTokenHeight * numTokens > viewHeight + ROUNDING,
  };
}
