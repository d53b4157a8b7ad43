// A labeled checkbox.

import { appendElement } from "../drawing/element.js";
import { appendLabel } from "./label.js";

/**
 * Append a checkbox to an element.
 * @param {HTMLElement} parent
 * @param {string} text
 * @param {boolean} checked
 * @param {(checked: boolean) => void} onChange
 * @returns {HTMLInputElement}
 */
export function appendCheckbox(parent, text, checked, onChange) {
  const label = appendLabel(parent, text);
  const box = /** @type {HTMLInputElement} */ (appendElement(label, "input", ""));
  box.type = "checkbox";
  box.checked = checked;
  box.addEventListener("change", () => onChange(box.checked));
  label.prepend(box);
  return box;
}
