// A strip beside a figure that scrolls. It shows the whole picture at small scale, a frame around the
// visible part, and a bar for each weight of the highlighted token. The reader drags the frame to
// scroll and its edges to zoom.

import { appendElement } from "../drawing/element.js";
import { brushY, pointer, select } from "../vendor/d3.js";

/** Width of the strip, of the longest bar, and of the gap between figure and strip, in pixels. */
const [WIDTH, MAX_BAR_LENGTH, GAP] = [36, 30, 10];
/** Height of a bar as a share of its row's height. */
const BAR_HEIGHT_SHARE = 0.6;
/** Width of the strip and the gap, in pixels. */
export const MINIMAP_WIDTH = WIDTH + GAP;
/** Minimum height of the frame, in pixels, so that a reader can grab it. */
const MIN_FRAME_HEIGHT = 12;

/** @typedef {import("../drawing/element.js").Group} Group */

/** Converts heights in the picture to heights in the strip, and back. */
class Scale {
  /** Pixels. */
  pictureHeight = 1;
  /** Height of the strip, in pixels. */
  height = 1;

  /** @param {number} y */
  toStrip(y) {
    return (y * this.height) / this.pictureHeight;
  }

  /** @param {number} y */
  toPicture(y) {
    return (y * this.pictureHeight) / this.height;
  }
}

/**
 * The weights of the highlighted row. Heights are in pixels of the picture.
 * @typedef {object} Bars
 * @property {number} y middle of the highlighted row
 * @property {string} color
 * @property {Float32Array} weights `[other row]`
 * @property {(row: number) => number} yOf middle of a row on the other side
 */

/**
 * What the reader does with the frame, in pixels of the picture.
 * @typedef {object} MinimapActions
 * @property {(middle: number) => void} onMove show the same amount around this height
 * @property {(span: [top: number, bottom: number]) => void} onResize show this part
 */

/**
 * Create a minimap at the end of an element.
 * @param {HTMLElement} host the figure's parent
 * @param {MinimapActions} actions
 */
export function createMinimap(host, actions) {
  const element = appendElement(host, "div", "bertviz-minimap");
  element.title = "The whole text: drag the frame to scroll, or its edges to zoom";
  const svg = select(element).append("svg").attr("width", WIDTH).attr("aria-hidden", "true");
  const path = svg.append("path").attr("class", "bertviz-minimap-bars");
  const rowLine = svg.append("line").attr("class", "bertviz-highlighted-row").attr("x2", WIDTH);
  const scale = new Scale();
  const group = svg.append("g").attr("class", "bertviz-minimap-frame");
  const moveFrame = createMinimapFrame(group, scale, actions);
  /** @type {Bars | null} */
  let bars = null;

  function drawBars() {
    rowLine.attr("visibility", bars ? "visible" : "hidden");
    path.attr("d", bars && pathOf(bars, scale));
    if (!bars) return;
    path.attr("stroke", bars.color).attr("stroke-width", barHeight(bars, scale));
    rowLine.attr("y1", scale.toStrip(bars.y)).attr("y2", scale.toStrip(bars.y));
  }

  return {
    element,
    /**
     * @param {number} height of the figure, in pixels; 0 hides the strip
     * @param {number} pictureHeight pixels
     * @param {import("../drawing/viewport.js").Range} viewport the visible part of the picture
     */
    draw(height, pictureHeight, viewport) {
      element.hidden = height === 0;
      if (element.hidden) return;
      const isSame = scale.pictureHeight === pictureHeight && scale.height === height;
      svg.attr("height", height);
      Object.assign(scale, { pictureHeight, height });
      moveFrame(viewport);
      if (!isSame) drawBars();
    },
    /** @param {Bars | null} next the bars to show; null for no bars */
    mark(next) {
      bars = next;
      if (!element.hidden) drawBars();
    },
  };
}

/**
 * Make a group a frame that the reader drags and resizes.
 * @param {Group} group
 * @param {Scale} scale
 * @param {MinimapActions} actions
 * @returns {(viewport: import("../drawing/viewport.js").Range) => void} moves the frame to this part of
 *   the picture
 */
function createMinimapFrame(group, scale, { onMove, onResize }) {
  /** @type {import("d3").BrushBehavior<unknown>} */
  const brush = brushY().on("brush", ({ sourceEvent, selection, mode }) => {
    if (!sourceEvent) return; // the figure moved the frame, not the reader
    const [top, bottom] = selection.map(scale.toPicture, scale);
    if (mode === "drag") onMove((top + bottom) / 2);
    else onResize([top, bottom]);
  });
  // A press outside the frame moves the frame there; D3 would begin a new frame of height 0.
  group.on(
    "mousedown touchstart",
    (event) => {
      const pressed = /** @type {Element} */ (event.target);
      if (!pressed.classList.contains("overlay")) return;
      event.stopImmediatePropagation();
      onMove(scale.toPicture(pointer(event, group.node())[1]));
    },
    true,
  );

  return (viewport) => {
    const { height } = scale;
    const [top, bottom] = viewport.map(scale.toStrip, scale);
    const missing = Math.max(0, MIN_FRAME_HEIGHT - (bottom - top));
    const begin = Math.min(top, height - (bottom - top) - missing);
    brush.extent([
      [0, 0],
      [WIDTH, height],
    ]);
    group.call(brush).call(brush.move, [begin, bottom - top + begin + missing]);
  };
}

/**
 * Return a path with one line for each pixel row that has a weight to show.
 * @param {Bars} bars
 * @param {Scale} scale
 * @returns {string}
 */
function pathOf({ weights, yOf }, scale) {
  // A pixel row shows its largest weight, so that no bar disappears between two pixel rows.
  const largest = new Float32Array(Math.ceil(scale.height));
  weights.forEach((weight, row) => {
    const at = Math.floor(scale.toStrip(yOf(row)));
    largest[at] = Math.max(largest[at], weight);
  });
  const lengthOfOne = MAX_BAR_LENGTH / (Math.max(...largest) || 1);
  return Array.from(largest, (weight, at) =>
    weight * lengthOfOne >= 0.5 ? `M${WIDTH - 2},${at + 0.5}h${-weight * lengthOfOne}` : "",
  ).join("");
}

/**
 * Return the height of a bar, in pixels.
 * @param {Bars} bars
 * @param {Scale} scale
 * @returns {number}
 */
function barHeight({ weights, yOf }, scale) {
  const rowHeight = weights.length > 1 ? scale.toStrip(yOf(1) - yOf(0)) : 1;
  return Math.max(1, rowHeight * BAR_HEIGHT_SHARE);
}
