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

/**
 * Set attributes whose values changed. To set an attribute to the value that it has costs as much as
 * to set a new one, and a hover keeps most values of hundreds of elements.
 * @template T
 * @param {import("d3").Selection<any, T, any, any>} selection
 * @param {Record<string, (datum: T) => number | string>} attributes by name
 */
export function setChangedAttributes(selection, attributes) {
  const entries = Object.entries(attributes);
  selection.each(function (datum) {
    for (const [name, compute] of entries) {
      const value = String(compute(datum));
      if (this.getAttribute(name) !== value) this.setAttribute(name, value);
    }
  });
}
