// A strip beside a picture that is taller than its frame: the whole of it, what is in sight, and
// where the lit token's weights lie. What is in sight can be moved, made larger and smaller.

import { appendElement } from "../drawing/element.js";
import { brushY, pointer, scaleLinear, select } from "../vendor/d3.js";

/** Pixels of the strip's width, what the largest weight takes of it, and what both take beside it. */
const [WIDTH, BAR, GAP] = [36, 30, 10];
/** Of a row's height, what its bar takes. */
const ROW_SHARE = 0.6;
export const MINIMAP_WIDTH = WIDTH + GAP;
/** Pixels that the window has at least, so that it can be taken hold of. */
const LEAST_WINDOW = 12;

/**
 * What the strip says of the lit row: how strong it is tied to each on the other side. Heights are in
 * pixels of the picture.
 * @typedef {object} Ticks
 * @property {number} y of the lit row
 * @property {string} color
 * @property {Float32Array} weights `[other row]`
 * @property {(row: number) => number} yOf a row on the other side
 */

/**
 * What the reader wants to see, in pixels of the picture.
 * @typedef {object} MinimapActions
 * @property {(middle: number) => void} onMove as much as now, about this place
 * @property {(span: [number, number]) => void} onResize this part
 */

/**
 * @param {HTMLElement} host the figure's own host; the strip stands beside it
 * @param {MinimapActions} actions
 */
export function createMinimap(host, { onMove, onResize }) {
  const element = appendElement(host, "div", "bertviz-minimap");
  element.title = "The whole text: drag the frame to move, its edges to zoom";
  const svg = select(element).append("svg").attr("width", WIDTH).attr("aria-hidden", "true");
  const bars = svg.append("path").attr("class", "bertviz-bars");
  const place = svg.append("line").attr("class", "bertviz-place");
  place.attr("x2", WIDTH);
  const window_ = svg.append("g").attr("class", "bertviz-window");
  const toPixels = scaleLinear();
  /** @type {Ticks | null} */
  let ticks = null;

  /** @type {import("d3").BrushBehavior<unknown>} */
  const brush = brushY().on("brush", ({ sourceEvent, selection, mode }) => {
    if (!sourceEvent) return; // it follows the figure
    const [top, bottom] = selection.map(toPixels.invert);
    if (mode === "drag") onMove((top + bottom) / 2);
    else onResize([top, bottom]);
  });
  // A press beside the window brings it there; D3 would begin a new one of no size.
  window_.on(
    "mousedown touchstart",
    (event) => {
      const pressed = /** @type {Element} */ (event.target);
      if (!pressed.classList.contains("overlay")) return;
      event.stopImmediatePropagation();
      onMove(toPixels.invert(pointer(event, window_.node())[1]));
    },
    true,
  );

  function drawTicks() {
    place.attr("visibility", ticks ? "visible" : "hidden");
    if (!ticks) {
      bars.attr("d", null);
      return;
    }
    const { weights, yOf, color, y } = ticks;
    // The largest weight of each pixel: a thin bar must not vanish between two.
    const lengths = new Float32Array(Math.ceil(toPixels.range()[1]));
    weights.forEach((weight, row) => {
      const at = Math.floor(toPixels(yOf(row)));
      lengths[at] = Math.max(lengths[at], weight);
    });
    const scale = BAR / (Math.max(...lengths) || 1);
    const lines = Array.from(lengths, (length, at) =>
      length * scale >= 0.5 ? `M${WIDTH - 2},${at + 0.5}h${-length * scale}` : "",
    );
    const rowHeight = weights.length > 1 ? toPixels(yOf(1)) - toPixels(yOf(0)) : 1;
    bars.attr("d", lines.join("")).attr("stroke", color);
    bars.attr("stroke-width", Math.max(1, rowHeight * ROW_SHARE));
    place.attr("y1", toPixels(y)).attr("y2", toPixels(y));
  }

  return {
    element,
    /**
     * @param {number} height pixels, that of the figure; 0 to hide the strip
     * @param {number} whole pixels of the whole picture
     * @param {import("../drawing/viewport.js").Range} viewport of it
     */
    draw(height, whole, viewport) {
      element.hidden = height === 0;
      if (element.hidden) return;
      const isSame = toPixels.domain()[1] === whole && toPixels.range()[1] === height;
      svg.attr("height", height);
      toPixels.domain([0, whole]).range([0, height]);
      const [top, bottom] = viewport.map(toPixels);
      const missing = Math.max(0, LEAST_WINDOW - (bottom - top));
      const begin = Math.min(top, height - (bottom - top) - missing);
      brush.extent([
        [0, 0],
        [WIDTH, height],
      ]);
      window_.call(brush).call(brush.move, [begin, bottom - top + begin + missing]);
      if (!isSame) drawTicks();
    },
    /** @param {Ticks | null} next */
    mark(next) {
      ticks = next;
      if (!element.hidden) drawTicks();
    },
  };
}
