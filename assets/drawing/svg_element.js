// SVG elements and their attributes.

import { rgb } from "../vendor/d3.js";

/** @typedef {Record<string, string | number>} Attributes */

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";

/**
 * Create an SVG element.
 * @param {Document} document
 * @param {string} tag
 * @param {Attributes} attributes
 * @returns {SVGElement}
 */
export function svgElement(document, tag, attributes) {
  const element = document.createElementNS(SVG_NAMESPACE, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}

/**
 * Return the attributes of a fill or a stroke. The opacity is an attribute of its own, because many
 * programs cannot read a color that has an alpha channel.
 * @param {"fill" | "stroke"} paint
 * @param {string} color as in CSS, or `none`
 * @param {number} opacity 0 to 1
 * @returns {Attributes}
 */
export function paintAttributes(paint, color, opacity) {
  const parsed = rgb(color);
  const wholeOpacity = rounded(opacity * parsed.opacity);
  if (color === "none" || wholeOpacity === 0) return { [paint]: "none" };
  return { [paint]: parsed.copy({ opacity: 1 }).formatHex(), [`${paint}-opacity`]: wholeOpacity };
}

/**
 * Return a number rounded to thousandths. A finer difference is not visible, on a screen or in print.
 * @param {number} value
 * @returns {number}
 */
export function rounded(value) {
  return Number(value.toFixed(3));
}
