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
 * @property {() => void} onScrollTo the figure has scrolled by itself: paint the canvases
 */

/** Pixels of height above which a figure scrolls. */
export const MAX_HEIGHT = 720;

/** @typedef {ReturnType<typeof createViewport>} Viewport */

/**
 * Create the viewport of a figure.
 * @param {ViewportElements} elements
 * @param {ViewportOptions} options
 */
export function createViewport(elements, { headerHeight, onChange, onScrollTo }) {
  const { element, root } = elements;
  let width = 0;
  let height = 0;
  let visibleHeight = 0;
  let top = 0;

  /** @returns {Range} */
  const range = () => [top, top + visibleHeight];
  /** Whether the picture is taller than its visible part. */
  const scrolls = () => height > visibleHeight;

  /** Adopt the position to which the reader has scrolled, and draw the SVG there. */
  function update() {
    top = element.scrollTop;
    root.setAttribute("transform", `translate(0 ${-top})`);
    onChange(range());
  }

  /**
   * Scroll, and draw at once what becomes visible.
   * @param {number} to pixels from the top
   */
  function scrollTo(to) {
    element.scrollTop = to;
    if (top === element.scrollTop) return;
    update();
    onScrollTo();
  }

  return {
    range,
    scrolls,
    update,
    scrollTo,
    /** @returns {{width: number, height: number, visibleHeight: number, top: number}} all in pixels */
    size: () => ({ width, height, visibleHeight, top }),
    /** Update if the reader has scrolled since the last update. */
    updateIfScrolled() {
      if (top !== element.scrollTop) update();
    },
    /**
     * Set the size of the picture, and draw the SVG of the visible part. The caller then paints the
     * canvases.
     * @param {{width: number, height: number}} size pixels of the whole picture
     * @param {{visibleHeight?: number, top?: number}} [view] pixels that are visible at once, and the
     *   position to scroll to, the current one by default
     */
    resize(size, { visibleHeight: next = Math.min(size.height, MAX_HEIGHT), top: to } = {}) {
      ({ width, height } = size);
      visibleHeight = next;
      setSize(elements, { width, height, visibleHeight, scrolls: scrolls() });
      if (to !== undefined) element.scrollTop = to;
      update();
    },
    /**
     * Scroll only as far as necessary to make a row fully visible.
     * @param {number} y the middle of the row, in pixels of the picture
     * @param {number} rowHeight pixels
     */
    reveal(y, rowHeight) {
      const rowTop = y - rowHeight / 2 - headerHeight;
      const rowBottom = y + rowHeight / 2 - visibleHeight;
      if (rowTop < top) scrollTo(rowTop);
      else if (rowBottom > top) scrollTo(rowBottom);
    },
    /**
     * Scroll to a position in the middle of the visible part.
     * @param {number} y pixels of the picture
     */
    center(y) {
      scrollTo(y - (headerHeight + visibleHeight) / 2);
    },
  };
}

/**
 * @param {ViewportElements} elements
 * @param {{width: number, height: number, visibleHeight: number, scrolls: boolean}} size pixels
 */
function setSize(elements, { width, height, visibleHeight, scrolls }) {
  const { element, content, visible, svg, headerBackground } = elements;
  element.classList.toggle("bertviz-scrolls", scrolls);
  element.style.maxHeight = `${visibleHeight}px`;
  content.style.width = `${width}px`;
  content.style.height = `${height}px`;
  visible.style.height = `${visibleHeight}px`;
  svg.setAttribute("width", String(width));
  headerBackground.setAttribute("width", String(width));
  svg.setAttribute("height", String(visibleHeight));
}
