// The buttons of the views.

import { appendElement } from "../drawing/element.js";

/**
 * Append a button to an element.
 * @param {HTMLElement} parent
 * @param {string} text
 * @param {() => void} onClick
 * @returns {HTMLButtonElement}
 */
export function appendButton(parent, text, onClick) {
  const button = /** @type {HTMLButtonElement} */ (
    appendElement(parent, "button", "bertviz-button")
  );
  button.type = "button";
  button.textContent = text;
  button.addEventListener("click", onClick);
  return button;
}
