// The labels of the fields above a view.

import { appendElement } from "../drawing/element.js";

/**
 * Append a label to an element; what is appended to the label becomes the labeled field.
 * @param {HTMLElement} parent
 * @param {string} text
 * @returns {HTMLElement}
 */
export function appendLabel(parent, text) {
  const label = appendElement(parent, "label", "bertviz-picker");
  label.append(text);
  return label;
}
