// The ground of a picture that may be taller than the screen. It scrolls inside its frame; what is
// drawn, canvases and an SVG above them, covers only what is in sight and stays where it is, and is
// drawn anew for what comes in sight.

import { fillBackground, onBackgroundChange, resizeCanvas } from "./canvas.js";
import { canvasSurface } from "./canvas_surface.js";
import { appendElement, appendGroup } from "./element.js";
import { snapshot } from "./snapshot.js";
import { drawStaticPicture } from "./static_picture.js";
import { svgElement } from "./svg_surface.js";

/** Pixels of height before a figure scrolls. */
export const MAX_HEIGHT = 720;

/** Pixels of height up to which a static picture has all of a figure: 256 rows of tokens. */
const MOST_STATIC_HEIGHT = 6000;

/** @typedef {[number, number]} Viewport top and bottom of what can be seen, in the picture's pixels */

/**
 * What a part of the picture is drawn on, in the picture's own coordinates, CSS pixels.
 * @typedef {import("./canvas_surface.js").Surface & {viewport: Viewport}} Surface
 */

/**
 * Draws a part of the picture; what is too much for one frame is handed back as a generator, which
 * yields whenever it has used its share of one.
 * @callback Painter
 * @param {Surface} sheet
 * @returns {Generator<void, void> | void}
 */

/**
 * A canvas of the figure; what it shows is painted again whenever another part comes in sight.
 * @typedef {object} Layer
 * @property {(painter: Painter | null) => void} paint from now on; null for nothing
 * @property {(visible: boolean) => void} setVisible
 */

/** @typedef {import("./static_picture.js").StaticPicture} StaticPicture */

/**
 * @typedef {object} FigureOptions
 * @property {string} label for those who do not see it
 * @property {number} fontSize pixels
 * @property {number} [headerHeight] pixels at the top that stay when the rest scrolls
 * @property {() => void} onBackgroundPress the reader presses where nothing stands
 * @property {(viewport: Viewport) => void} onViewportChange another part comes in sight: draw its SVG
 */

/** @typedef {ReturnType<typeof createFigure>} Figure */

/**
 * @param {HTMLElement} host
 * @param {FigureOptions} options
 */
export function createFigure(host, options) {
  const { label, fontSize, headerHeight = 0, onBackgroundPress, onViewportChange } = options;
  const document = host.ownerDocument;
  const element = appendElement(host, "div", "bertviz-figure");
  element.setAttribute("role", "group");
  element.setAttribute("aria-label", label);
  element.style.fontSize = `${fontSize}px`;
  const ground = appendElement(element, "div", "bertviz-whole");
  const sight = appendElement(ground, "div", "bertviz-sight");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  sight.append(svg);
  const root = /** @type {SVGGElement} */ (appendGroup(svg, "bertviz-root").node());
  // Over what scrolls, on a ground of its own.
  const head = appendGroup(svg, "bertviz-fixed");
  const headGround = head.append("rect").attr("class", "bertviz-fixed-ground");
  headGround.attr("height", headerHeight);
  svg.addEventListener("pointerdown", (event) => {
    if (event.target === svg) onBackgroundPress();
  });
  let width = 0;
  let height = 0;
  let sightHeight = 0;
  let top = 0;

  /** @returns {Viewport} */
  const viewport = () => [top, top + sightHeight];

  /**
   * A canvas that is painted step by step.
   * @typedef {object} Painted
   * @property {() => void} restart with the next step
   * @property {() => boolean} step whether all is painted then
   * @property {(seen: Viewport) => SVGElement | null} staticPicture what it shows of a part of the picture
   */

  /** @type {Painted[]} */
  const layers = [];
  /** @type {Set<Painted>} those to be painted, or painted on, in the next frame */
  const waiting = new Set();
  /** @type {(() => void)[]} */
  let whenPainted = [];
  let frame = 0;

  /** @param {Painted} layer */
  function paintNow(layer) {
    layer.restart();
    paintOn(layer);
  }

  /** @param {Painted} layer */
  function paintOn(layer) {
    if (layer.step()) waiting.delete(layer);
    else paintSoon(layer);
    if (waiting.size > 0) return;
    for (const resolve of whenPainted) resolve();
    whenPainted = [];
  }

  /** @param {Painted} layer */
  function paintSoon(layer) {
    waiting.add(layer);
    if (!frame) frame = requestAnimationFrame(nextFrame);
  }

  function repaintSoon() {
    for (const layer of layers) {
      layer.restart();
      paintSoon(layer);
    }
  }

  function nextFrame() {
    frame = 0;
    if (top !== element.scrollTop) look();
    for (const layer of [...waiting]) paintOn(layer);
  }

  /** Draw the SVG of what is in sight now. */
  function look() {
    top = element.scrollTop;
    root.setAttribute("transform", `translate(0 ${-top})`);
    onViewportChange(viewport());
  }

  /**
   * A static picture: all of the figure, or what is in sight where all would be too high.
   * @returns {StaticPicture}
   */
  function staticPicture() {
    const seen = height > MOST_STATIC_HEIGHT ? viewport() : /** @type {Viewport} */ ([0, height]);
    const drawn = layers.map((layer) => layer.staticPicture(seen)).filter((each) => each !== null);
    root.removeAttribute("transform");
    onViewportChange(seen);
    const picture = svgElement(document, "g", { transform: `translate(0 ${-seen[0]})` });
    picture.append(...drawn, snapshot(root));
    const all = svgElement(document, "g", {});
    all.append(picture, snapshot(/** @type {SVGElement} */ (head.node())));
    // Painters write numbers into the SVG beside what they paint.
    look();
    for (const layer of layers) paintNow(layer);
    return { element: all, width, height: seen[1] - seen[0] };
  }

  /**
   * @param {{hasBackground: boolean}} [options] whether it covers what is behind it with the page's colour
   * @returns {Layer}
   */
  function addCanvas({ hasBackground } = { hasBackground: false }) {
    const canvas = sight.insertBefore(document.createElement("canvas"), svg);
    /** @type {Painter | null} */
    let painter = null;
    let isFresh = true;
    /** @type {Generator<void, void> | void} what is left to paint */
    let left;

    /** @type {Painted} */
    const layer = {
      restart() {
        isFresh = true;
      },
      step() {
        if (isFresh) {
          left?.return();
          left = begin();
        }
        isFresh = false;
        return left?.next().done ?? true;
      },
      staticPicture(seen) {
        const paint = painter;
        if (!paint || canvas.style.visibility === "hidden") return null;
        const box = { x: 0, y: seen[0], width, height: seen[1] - seen[0] };
        return drawStaticPicture(hasBackground ? element : null, document, box, (sheet) => {
          return paint({ ...sheet, viewport: seen });
        });
      },
    };
    layers.push(layer);

    function begin() {
      const context = resizeCanvas(canvas, painter ? width : 0, painter ? sightHeight : 0);
      if (!painter) return;
      context.translate(0, -top);
      const ground = hasBackground
        ? fillBackground(context, element, [0, top, width, sightHeight])
        : "";
      return painter({ ...canvasSurface(context, ground), viewport: viewport() });
    }

    return {
      paint(next) {
        painter = next;
        paintNow(layer);
      },
      setVisible(visible) {
        canvas.style.visibility = visible ? "visible" : "hidden";
      },
    };
  }

  element.addEventListener("scroll", repaintSoon);
  onBackgroundChange(element, repaintSoon);

  /**
   * Scroll, and draw what comes in sight at once.
   * @param {number} to pixels from the top
   */
  function scrollTo(to) {
    element.scrollTop = to;
    if (top === element.scrollTop) return;
    look();
    for (const layer of layers) paintNow(layer);
  }

  return {
    element,
    svg,
    root,
    header: /** @type {SVGGElement} */ (head.node()),
    addCanvas,
    viewport,
    staticPicture,
    /** Whether there is more than can be seen at once. */
    scrolls: () => height > sightHeight,
    /**
     * Give the picture its size, and draw the SVG of what is in sight; paint the layers after that.
     * @param {{width: number, height: number}} size
     * @param {{seen?: number, top?: number}} [sight] pixels of height to see at once; and how far to
     *   scroll, nowhere by default
     */
    resize(size, { seen = Math.min(size.height, MAX_HEIGHT), top: to } = {}) {
      ({ width, height } = size);
      sightHeight = seen;
      element.classList.toggle("bertviz-scrolls", this.scrolls());
      element.style.maxHeight = `${sightHeight}px`;
      ground.style.width = `${width}px`;
      ground.style.height = `${height}px`;
      sight.style.height = `${sightHeight}px`;
      svg.setAttribute("width", String(width));
      headGround.attr("width", width);
      svg.setAttribute("height", String(sightHeight));
      if (to !== undefined) element.scrollTop = to;
      look();
    },
    scrollTo,
    /**
     * Scroll only as far as a row needs to be seen whole.
     * @param {number} y its middle
     * @param {number} rowHeight
     */
    reveal(y, rowHeight) {
      const [above, below] = [y - rowHeight / 2 - headerHeight, y + rowHeight / 2 - sightHeight];
      if (above < top) scrollTo(above);
      else if (below > top) scrollTo(below);
    },
    /** @param {number} y to bring to the middle of what is in sight */
    center(y) {
      scrollTo(y - (headerHeight + sightHeight) / 2);
    },
    /** Resolves when all layers are painted whole. */
    whenPainted() {
      if (waiting.size === 0) return Promise.resolve();
      return new Promise((/** @type {(value: void) => void} */ resolve) =>
        whenPainted.push(resolve),
      );
    },
  };
}
