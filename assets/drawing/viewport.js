// The visible part of a figure that may be taller than its frame. The browser scrolls the frame.

/** @typedef {[top: number, bottom: number]} Range visible part, in pixels of the picture */

/**
 * @typedef {object} ViewportElements
 * @property {HTMLElement} element the frame, which scrolls
 * @property {HTMLElement} content has the size of the whole picture
 * @property {HTMLElement} visible has the size of the visible part and stays in place
 * @property {SVGElement} svg covers the visible part
 * @property {SVGElement} root the part of the SVG that scrolls
 * @property {SVGElement} headerBackground
 */

/**
 * @typedef {object} ViewportOptions
 * @property {number} headerHeight pixels at the top that do not scroll
 * @property {(range: Range) => void} onChange another part is visible: draw its SVG
 * @property {() => void} onScrollTo the figure has scrolled by a call: paint the canvases
 */

/** Pixels of height above which a figure scrolls. */
export const MAX_HEIGHT = 720;

/** The size of a figure and its visible part. All properties are in pixels. */
export class Viewport {
  width = 0;
  height = 0;
  visibleHeight = 0;
  /** Pixels of the picture above the visible part. */
  top = 0;
  #elements;
  #options;

  /**
   * @param {ViewportElements} elements
   * @param {ViewportOptions} options
   */
  constructor(elements, options) {
    this.#elements = elements;
    this.#options = options;
  }

  /** @returns {Range} */
  get range() {
    return [this.top, this.top + this.visibleHeight];
  }

  /** Whether the picture is taller than its visible part. */
  get scrolls() {
    return this.height > this.visibleHeight;
  }

  /** Adopt the position to which the frame has scrolled, and draw the SVG there. */
  update() {
    const { element, root } = this.#elements;
    this.top = element.scrollTop;
    root.setAttribute("transform", `translate(0 ${-this.top})`);
    this.#options.onChange(this.range);
  }

  /** Update if the reader has scrolled since the last update. */
  updateIfScrolled() {
    if (this.top !== this.#elements.element.scrollTop) this.update();
  }

  /**
   * Set the size of the picture, and draw the SVG of the visible part. The caller then paints the
   * canvases.
   * @param {{width: number, height: number}} size pixels of the whole picture
   * @param {{visibleHeight?: number, top?: number}} [view] pixels that are visible at once, and the
   *   position to scroll to, the current one by default
   */
  resize(size, { visibleHeight = Math.min(size.height, MAX_HEIGHT), top } = {}) {
    this.width = size.width;
    this.height = size.height;
    this.visibleHeight = visibleHeight;
    this.#resizeElements();
    if (top !== undefined) this.#elements.element.scrollTop = top;
    this.update();
  }

  /**
   * Scroll, and draw at once what becomes visible.
   * @param {number} top pixels of the picture
   */
  scrollTo(top) {
    const { element } = this.#elements;
    element.scrollTop = top;
    if (this.top === element.scrollTop) return;
    this.update();
    this.#options.onScrollTo();
  }

  /**
   * Scroll only as far as necessary to make a row fully visible.
   * @param {number} y the middle of the row, in pixels of the picture
   * @param {number} rowHeight pixels
   */
  reveal(y, rowHeight) {
    const maxTop = y - rowHeight / 2 - this.#options.headerHeight;
    const minTop = y + rowHeight / 2 - this.visibleHeight;
    if (maxTop < this.top) this.scrollTo(maxTop);
    else if (minTop > this.top) this.scrollTo(minTop);
  }

  /**
   * Scroll so that a height is in the middle of the visible part, below the header.
   * @param {number} y pixels of the picture
   */
  center(y) {
    this.scrollTo(y - (this.#options.headerHeight + this.visibleHeight) / 2);
  }

  #resizeElements() {
    const { element, content, visible, svg, headerBackground } = this.#elements;
    element.classList.toggle("bertviz-scrolls", this.scrolls);
    element.style.maxHeight = `${this.visibleHeight}px`;
    content.style.width = `${this.width}px`;
    content.style.height = `${this.height}px`;
    visible.style.height = `${this.visibleHeight}px`;
    svg.setAttribute("width", String(this.width));
    headerBackground.setAttribute("width", String(this.width));
    svg.setAttribute("height", String(this.visibleHeight));
  }
}
