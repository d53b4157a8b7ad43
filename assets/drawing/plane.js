// A picture that scrolls in both directions inside its frame. A canvas, and an SVG above it, cover only
// the visible part. They stay in place while the reader scrolls, and are drawn again for the part that
// becomes visible.

import { appendElement, appendGroup } from "./element.js";
import { svgElement } from "./svg_element.js";

/** @typedef {{left: number, top: number}} Offset pixels of the picture that are not visible */

/**
 * @typedef {object} PlaneSize
 * @property {{width: number, height: number}} content the scrolling part of the picture, in pixels
 * @property {{width: number, height: number}} visible its visible part, in pixels
 * @property {Offset} margin the part that does not scroll, in pixels
 */

/**
 * @typedef {object} PlaneOptions
 * @property {string} label what screen readers call the picture
 * @property {number} fontSize pixels
 * @property {(offset: Offset) => void} onScroll the reader has scrolled
 */

/** Width of a scroll bar, in pixels; that of `scrollbar-width: thin` is 10 or less. */
export const SCROLL_BAR = 12;

/** The elements of a picture that scrolls in both directions. */
export class Plane {
  #content;
  #viewport;
  /** @type {Offset} */
  #offset = { left: 0, top: 0 };

  /**
   * Append an empty plane to a host.
   * @param {HTMLElement} host
   * @param {PlaneOptions} options
   */
  constructor(host, { label, fontSize, onScroll }) {
    this.element = appendElement(host, "div", "bertviz-figure bertviz-plane");
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", label);
    this.element.style.fontSize = `${fontSize}px`;
    this.#content = appendElement(this.element, "div", "bertviz-content");
    this.#viewport = appendElement(this.#content, "div", "bertviz-viewport");
    this.canvas = /** @type {HTMLCanvasElement} */ (appendElement(this.#viewport, "canvas", ""));
    this.svg = svgElement(host.ownerDocument, "svg", {});
    this.#viewport.append(this.svg);
    /** The whole picture above the canvas. */
    this.root = /** @type {SVGGElement} */ (appendGroup(this.svg, "bertviz-root").node());
    this.element.addEventListener("scroll", () => {
      const { scrollLeft: left, scrollTop: top } = this.element;
      // A call has scrolled here already.
      if (left === Math.round(this.#offset.left) && top === Math.round(this.#offset.top)) return;
      this.#offset = { left, top };
      onScroll(this.#offset);
    });
  }

  /**
   * Set the size, and scroll.
   * @param {PlaneSize} size
   * @param {Offset} offset
   */
  resize({ content, visible, margin }, offset) {
    // One pixel more, for a frame around the visible part.
    const [width, height] = [visible.width + margin.left + 1, visible.height + margin.top + 1];
    const scrollsX = content.width > visible.width + 0.5;
    const scrollsY = content.height > visible.height + 0.5;
    const { element } = this;
    element.classList.toggle("bertviz-scrolls", scrollsX || scrollsY);
    element.style.width = `${width + (scrollsY ? SCROLL_BAR : 0)}px`;
    element.style.height = `${height + (scrollsX ? SCROLL_BAR : 0)}px`;
    this.#content.style.width = `${content.width + margin.left + 1}px`;
    this.#content.style.height = `${content.height + margin.top + 1}px`;
    this.#viewport.style.width = `${width}px`;
    this.#viewport.style.height = `${height}px`;
    this.canvas.style.left = `${margin.left}px`;
    this.canvas.style.top = `${margin.top}px`;
    this.svg.setAttribute("width", String(width));
    this.svg.setAttribute("height", String(height));
    this.scrollTo(offset);
  }

  /** @param {Offset} offset */
  scrollTo(offset) {
    this.#offset = offset;
    this.element.scrollLeft = Math.round(offset.left);
    this.element.scrollTop = Math.round(offset.top);
  }

  /** Return whether the picture is larger than its visible part. */
  scrolls() {
    return this.element.classList.contains("bertviz-scrolls");
  }
}
