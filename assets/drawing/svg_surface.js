// A group of SVG elements as a drawing surface. Unlike a canvas, the result can be scaled and edited.

import { MIN_OPACITY } from "../core/geometry/head_lines.js";
import { paintAttributes, rounded, svgElement } from "./svg_element.js";

/** @typedef {import("./surface.js").Box} Box */
/** @typedef {import("./surface.js").LineRenderer} LineRenderer */
/** @typedef {import("./surface.js").Surface} Surface */
/** @typedef {import("./svg_element.js").Attributes} Attributes */
/** @typedef {(tag: string, attributes: Attributes) => Element} Append */

/**
 * Elements of one surface. With more, a file exceeds 10 MB and other programs open it only slowly.
 */
const MAX_ELEMENTS = 100_000;

/** A drawing needs more than `MAX_ELEMENTS`. */
export class TooManyElements extends Error {}

/**
 * Return a surface that draws by appending elements. It throws `TooManyElements`.
 * @param {SVGElement} group receives the elements
 * @returns {Surface}
 */
export function svgSurface(group) {
  let remaining = MAX_ELEMENTS;
  const appendTo = (/** @type {Element} */ parent) => {
    return (/** @type {string} */ tag, /** @type {Attributes} */ attributes) => {
      if (remaining-- === 0) throw new TooManyElements();
      return parent.appendChild(svgElement(group.ownerDocument, tag, attributes));
    };
  };
  const append = appendTo(group);
  return {
    context: new SvgContext(append),
    bandsOf: (box) => [box],
    createLineRenderer: (box, width) =>
      createLineRenderer(box, (color) => {
        const stroke = paintAttributes("stroke", color, 1);
        return appendTo(append("g", { ...stroke, "stroke-width": width }));
      }),
  };
}

/**
 * Return a renderer that omits the same lines as the line renderer of a canvas.
 * @param {Box} box
 * @param {(color: string) => Append} appendGroup appends a group for the lines of a color
 * @returns {LineRenderer}
 */
function createLineRenderer([, top, , bottom], appendGroup) {
  /** @type {Append | undefined} */
  let append;
  return {
    line(x1, y1, x2, y2, opacity) {
      if (opacity < MIN_OPACITY) return;
      if ((y1 < top && y2 < top) || (y1 > bottom && y2 > bottom)) return;
      const ends = { x1: rounded(x1), y1: rounded(y1), x2: rounded(x2), y2: rounded(y2) };
      append?.("line", { ...ends, "stroke-opacity": Number(opacity.toFixed(4)) });
    },
    setColor(color) {
      append = appendGroup(color);
    },
    flush() {},
    release() {},
  };
}

/** A `DrawingContext` that appends SVG elements. */
class SvgContext {
  fillStyle = "#000";
  strokeStyle = "#000";
  globalAlpha = 1;
  lineWidth = 1;
  /** @type {Append} */
  #append;
  #tag = "path";
  /** @type {Attributes} */
  #shape = { d: "" };

  /** @param {Append} append */
  constructor(append) {
    this.#append = append;
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   */
  fillRect(x, y, width, height) {
    this.#append("rect", { ...boxAttributes(x, y, width, height), ...this.#fillAttributes() });
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   */
  strokeRect(x, y, width, height) {
    this.#append("rect", { ...boxAttributes(x, y, width, height), ...this.#strokeAttributes() });
  }

  beginPath() {
    this.#tag = "path";
    this.#shape = { d: "" };
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  moveTo(x, y) {
    this.#shape.d += `M${rounded(x)} ${rounded(y)}`;
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  lineTo(x, y) {
    this.#shape.d += `L${rounded(x)} ${rounded(y)}`;
  }

  /**
   * Replace the path by a rounded rectangle. A canvas would add the rectangle to the path.
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   * @param {unknown} radius pixels
   */
  roundRect(x, y, width, height, radius) {
    this.#tag = "rect";
    this.#shape = { ...boxAttributes(x, y, width, height), rx: Number(radius) };
  }

  fill() {
    this.#append(this.#tag, { ...this.#shape, ...this.#fillAttributes() });
  }

  stroke() {
    this.#append(this.#tag, { ...this.#shape, ...this.#strokeAttributes() });
  }

  #fillAttributes() {
    return paintAttributes("fill", this.fillStyle, this.globalAlpha);
  }

  #strokeAttributes() {
    const stroke = paintAttributes("stroke", this.strokeStyle, this.globalAlpha);
    return { fill: "none", ...stroke, "stroke-width": this.lineWidth };
  }
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 */
function boxAttributes(x, y, width, height) {
  return { x: rounded(x), y: rounded(y), width: rounded(width), height: rounded(height) };
}
