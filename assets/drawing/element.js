// A new element of the page, in its place.

import { select } from "../vendor/d3.js";

/** @typedef {import("d3").Selection<SVGGElement, unknown, null, undefined>} Group */

/**
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
 * A fresh group of an SVG.
 * @param {SVGElement} parent
 * @param {string} name of its class
 * @returns {Group}
 */
export function appendGroup(parent, name) {
  return select(parent).append("g").attr("class", name);
}
