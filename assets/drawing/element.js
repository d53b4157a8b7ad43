// Appends new elements to the page.

import { select } from "../vendor/d3.js";

/** @typedef {import("d3").Selection<SVGGElement, unknown, null, undefined>} Group */

/**
 * Append a new HTML element.
 * @param {HTMLElement} parent
 * @param {string} tag
 * @param {string} className
 * @returns {HTMLElement}
 */
export function appendElement(parent, tag, className) {
  const element = parent.appendChild(parent.ownerDocument.createElement(tag));
  element.className = className;
  return element;
}

/**
 * Append a new SVG group.
 * @param {SVGElement} parent
 * @param {string} className
 * @returns {Group}
 */
export function appendGroup(parent, className) {
  return select(parent).append("g").attr("class", className);
}
