// A figure that may be taller than the screen and then scrolls inside its frame. Its canvases, and an
// SVG above them, cover only the visible part. They stay in place while the reader scrolls, and are
// drawn again for the part that becomes visible.

import { onBackgroundChange } from "./canvas.js";
import { FigureCanvas } from "./figure_canvas.js";
import { appendFigureElements } from "./figure_elements.js";
import { PaintQueue } from "./paint_queue.js";
import { snapshot } from "./snapshot.js";
import { svgElement } from "./svg_element.js";
import { Viewport } from "./viewport.js";

/** @typedef {import("./figure_canvas.js").Painter} Painter */
/** @typedef {import("./picture_theme.js").PictureTheme} PictureTheme */
/** @typedef {import("./static_picture.js").StaticPicture} StaticPicture */
/** @typedef {import("./viewport.js").Range} Range */

/** Pixels of height up to which a static picture shows the whole figure: 256 rows of tokens. */
const MAX_STATIC_HEIGHT = 6000;

/**
 * @typedef {object} FigureOptions
 * @property {string} label what screen readers call the figure
 * @property {number} fontSize pixels
 * @property {number} [headerHeight] pixels at the top that do not scroll, 0 by default
 * @property {() => void} onBackgroundPress the reader pressed where no element is
 * @property {(range: Range) => void} onViewportChange another part is visible: draw its SVG
 */

/** A figure with canvases below an SVG. */
export class Figure {
  #visible;
  #viewport;
  #queue;
  #onViewportChange;
  /** @type {FigureCanvas[]} */
  #canvases = [];

  /**
   * Append an empty figure to a host.
   * @param {HTMLElement} host
   * @param {FigureOptions} options
   */
  constructor(host, options) {
    const elements = appendFigureElements(host, options);
    this.element = elements.element;
    this.svg = elements.svg;
    /** The part of the SVG that scrolls. */
    this.root = elements.root;
    /** The part of the SVG that does not scroll. */
    this.header = elements.header;
    this.#visible = elements.visible;
    this.#onViewportChange = options.onViewportChange;
    this.#viewport = new Viewport(elements, {
      headerHeight: options.headerHeight ?? 0,
      onChange: options.onViewportChange,
      onScrollTo: () => this.#paintNow(),
    });
    this.#queue = new PaintQueue(() => this.#viewport.updateIfScrolled());
    this.element.addEventListener("scroll", () => this.#paintSoon());
    onBackgroundChange(this.element, () => this.#paintSoon());
  }

  /**
   * Add a canvas above the others and below the SVG.
   * @param {{hasBackground: boolean}} [options] whether the page's background color covers it
   */
  addCanvas({ hasBackground } = { hasBackground: false }) {
    const element = this.#visible.insertBefore(
      this.element.ownerDocument.createElement("canvas"),
      this.svg,
    );
    const background = hasBackground ? this.element : null;
    const canvas = new FigureCanvas(element, background, this.#viewport);
    this.#canvases.push(canvas);
    return {
      /**
       * Paint now, and again whenever another part becomes visible.
       * @param {Painter | null} painter null to paint nothing
       */
      paint: (painter) => {
        canvas.setPainter(painter);
        this.#queue.paintNow(canvas);
      },
      setVisible: (/** @type {boolean} */ visible) => canvas.setVisible(visible),
    };
  }

  /**
   * Return the visible part, in pixels of the picture.
   * @returns {Range}
   */
  viewport() {
    return this.#viewport.range;
  }

  /** @param {string} label what screen readers call the figure */
  setLabel(label) {
    this.element.setAttribute("aria-label", label);
  }

  /** Return whether the figure is taller than its visible part. */
  scrolls() {
    return this.#viewport.scrolls;
  }

  /**
   * Set the size of the picture, and draw the SVG of the visible part. The caller then paints the
   * canvases.
   * @param {{width: number, height: number}} size pixels of the whole picture
   * @param {{visibleHeight?: number, top?: number}} [view] pixels that are visible at once, and the
   *   position to scroll to, the current one by default
   */
  resize(size, view) {
    this.#viewport.resize(size, view);
  }

  /**
   * Scroll, and draw at once what becomes visible.
   * @param {number} top pixels of the picture
   */
  scrollTo(top) {
    this.#viewport.scrollTo(top);
  }

  /**
   * Scroll only as far as necessary to make a row fully visible.
   * @param {number} y the middle of the row, in pixels of the picture
   * @param {number} rowHeight pixels
   */
  reveal(y, rowHeight) {
    this.#viewport.reveal(y, rowHeight);
  }

  /**
   * Scroll so that a height is in the middle of the visible part.
   * @param {number} y pixels of the picture
   */
  center(y) {
    this.#viewport.center(y);
  }

  /**
   * Return a promise that resolves when all canvases are painted.
   * @returns {Promise<void>}
   */
  whenPainted() {
    return this.#queue.whenPainted();
  }

  /**
   * Return a static picture of the figure, or of its visible part if the figure is too tall.
   * @param {PictureTheme} theme
   * @returns {StaticPicture}
   */
  staticPicture(theme) {
    const { width, height, range: visible } = this.#viewport;
    const range = height > MAX_STATIC_HEIGHT ? visible : /** @type {Range} */ ([0, height]);
    const canvases = this.#canvases.map((canvas) => canvas.staticPicture(range, theme));
    this.root.removeAttribute("transform");
    this.#onViewportChange(range);
    const picture = svgElement(this.element.ownerDocument, "g", {
      transform: `translate(0 ${-range[0]})`,
    });
    picture.append(...canvases.filter((canvas) => canvas !== null), snapshot(this.root, theme));
    const element = svgElement(this.element.ownerDocument, "g", {});
    element.append(picture, snapshot(this.header, theme));
    // Painters also write numbers into the SVG, so draw both again.
    this.#viewport.update();
    this.#paintNow();
    return { element, width, height: range[1] - range[0] };
  }

  #paintNow() {
    for (const canvas of this.#canvases) this.#queue.paintNow(canvas);
  }

  #paintSoon() {
    for (const canvas of this.#canvases) this.#queue.paintSoon(canvas);
  }
}
