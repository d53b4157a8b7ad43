// Zooming and moving in a figure of many tokens: by the wheel with Ctrl, by a pinch, by the minimap
// beside it, or as somebody asks. Scrolling is the browser's own.

import { boundScale, centerScale, fitScale, zoomScale } from "../core/geometry/zoom.js";
import { createMinimap, MINIMAP_WIDTH } from "./minimap.js";

/** @typedef {import("../core/geometry/zoom.js").Bounds} Bounds */
/** @typedef {import("../core/geometry/zoom.js").Scale} Scale */

/** Factor of one step of a button. */
const STEP = 2;
/** Pixels that do not count. */
const ROUNDING = 1e-6;

/**
 * @param {HTMLElement} frame that the figure stands in
 * @param {import("../drawing/figure.js").Figure} figure
 * @param {(scale: Scale) => void} onScale lay the picture out at another scale
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

  figure.element.addEventListener(
    "wheel",
    (event) => {
      // A pinch comes as a wheel with Ctrl.
      if (!event.ctrlKey) return;
      event.preventDefault();
      const place = event.clientY - figure.element.getBoundingClientRect().top;
      change(zoomScale(scale, Math.exp(-event.deltaY / 200), place, bounds));
    },
    { passive: false },
  );

  /** @param {Scale} next */
  function change(next) {
    const isSame = next.tokenHeight === scale.tokenHeight;
    scale = next;
    if (isSame) figure.scrollTo(scale.top);
    else onScale(scale);
  }

  /** Whether all tokens are in sight, and whether they would not be at the usual scale. */
  function state() {
    const isWhole = scale.tokenHeight * bounds.numTokens <= bounds.viewHeight + ROUNDING;
    return {
      isWhole,
      isLong: bounds.defaultTokenHeight * bounds.numTokens > bounds.viewHeight + ROUNDING,
    };
  }

  return {
    /**
     * The scale for a text: the one before, or the usual one for a text of another length.
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
    /** @param {import("../drawing/viewport.js").Range} viewport */
    look([top, bottom]) {
      scale = { ...scale, top };
      const height = state().isLong ? bottom - top : 0;
      minimap.draw(height, bounds.numTokens * scale.tokenHeight, [top, top + bounds.viewHeight]);
    },
    mark: minimap.mark,
    state,
    /** Pixels beside the figure that are not its own. */
    besides: () => (state().isLong ? MINIMAP_WIDTH : 0),
    /** @param {1 | -1} direction larger or smaller */
    step(direction) {
      change(zoomScale(scale, STEP ** direction, bounds.viewHeight / 2, bounds));
    },
    showAll() {
      change(fitScale([0, bounds.numTokens], bounds));
    },
    /**
     * Bring a token to the middle, large enough to be read.
     * @param {number} token counted from the first one
     */
    goTo(token) {
      const tokenHeight = Math.max(scale.tokenHeight, bounds.defaultTokenHeight);
      change(centerScale({ tokenHeight, top: 0 }, token + 0.5, bounds));
    },
  };
}
