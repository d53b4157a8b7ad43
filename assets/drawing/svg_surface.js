// A sheet of SVG elements: what marks draw on it can be scaled, edited and printed.

import { MIN_OPACITY } from "../core/geometry/head_lines.js";
import { rgb } from "../vendor/d3.js";

/** @typedef {import("./canvas_surface.js").Box} Box */
/** @typedef {import("./canvas_surface.js").LineRenderer} LineRenderer */
/** @typedef {import("./canvas_surface.js").Surface} Surface */
/** @typedef {Record<string, string | number>} Attributes */
/** @typedef {(tag: string, attributes: Attributes) => Element} Append */

const SVG = "http://www.w3.org/2000/svg";

/** Elements of one sheet: with more, programs take long to open the file, and it passes 10 MB. */
const MOST_ELEMENTS = 100_000;

/** What is drawn are more elements than an SVG can hold in practice. */
export class TooManyElements extends Error {}

/**
 * @param {Document} document
 * @param {string} tag
 * @param {Attributes} attributes
 * @returns {SVGElement}
 */
export function svgElement(document, tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}

/**
 * A colour as every program reads it: many know none that is partly clear.
 * @param {"fill" | "stroke"} paint
 * @param {string} color as CSS writes it, or `none`
 * @param {number} opacity
 * @returns {Attributes}
 */
export function painted(paint, color, opacity) {
  const solid = rgb(color);
  const whole = round(opacity * solid.opacity);
  if (color === "none" || whole === 0) return { [paint]: "none" };
  return { [paint]: solid.copy({ opacity: 1 }).formatHex(), [`${paint}-opacity`]: whole };
}

/**
 * @param {SVGElement} group to which everything is appended
 * @returns {Surface} that throws `TooManyElements`
 */
export function svgSurface(group) {
  let left = MOST_ELEMENTS;
  const appendTo = (/** @type {Element} */ parent) => {
    return (/** @type {string} */ tag, /** @type {Attributes} */ attributes) => {
      if (left-- === 0) throw new TooManyElements();
      return parent.appendChild(svgElement(group.ownerDocument, tag, attributes));
    };
  };
  const append = appendTo(group);
  return {
    context: new SvgContext(append),
    createLineRenderer: (box, width) =>
      svgLineRenderer(box, (color) => {
        return appendTo(append("g", { ...painted("stroke", color, 1), "stroke-width": width }));
      }),
  };
}

/**
 * A line renderer that leaves out what a canvas's line renderer does.
 * @param {Box} box
 * @param {(color: string) => Append} groupOf the lines of a colour
 * @returns {LineRenderer}
 */
function svgLineRenderer([, top, , bottom], groupOf) {
  /** @type {Append | undefined} */
  let append;
  return {
    line(x1, y1, x2, y2, opacity) {
      if (opacity < MIN_OPACITY) return;
      if ((y1 < top && y2 < top) || (y1 > bottom && y2 > bottom)) return;
      const ends = { x1: round(x1), y1: round(y1), x2: round(x2), y2: round(y2) };
      append?.("line", { ...ends, "stroke-opacity": Number(opacity.toFixed(4)) });
    },
    setColor(color) {
      append = groupOf(color);
    },
    flush() {},
    release() {},
  };
}

/** What a canvas's context draws, as elements. */
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
    this.#append("rect", { ...boxOf(x, y, width, height), ...this.#filled() });
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   */
  strokeRect(x, y, width, height) {
    this.#append("rect", { ...boxOf(x, y, width, height), ...this.#stroked() });
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
    this.#shape.d += `M${round(x)} ${round(y)}`;
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  lineTo(x, y) {
    this.#shape.d += `L${round(x)} ${round(y)}`;
  }

  /**
   * From now on the path is this alone.
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   * @param {unknown} radius pixels
   */
  roundRect(x, y, width, height, radius) {
    this.#tag = "rect";
    this.#shape = { ...boxOf(x, y, width, height), rx: Number(radius) };
  }

  fill() {
    this.#append(this.#tag, { ...this.#shape, ...this.#filled() });
  }

  stroke() {
    this.#append(this.#tag, { ...this.#shape, ...this.#stroked() });
  }

  #filled() {
    return painted("fill", this.fillStyle, this.globalAlpha);
  }

  #stroked() {
    const stroke = painted("stroke", this.strokeStyle, this.globalAlpha);
    return { fill: "none", ...stroke, "stroke-width": this.lineWidth };
  }
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 */
function boxOf(x, y, width, height) {
  return { x: round(x), y: round(y), width: round(width), height: round(height) };
}

/**
 * @param {number} value
 * @returns {number} in thousandths: no eye and no printer sees more
 */
function round(value) {
  return Number(value.toFixed(3));
}
