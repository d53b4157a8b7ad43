// The buttons of the views.

import { appendElement } from "../drawing/element.js";

/** Milliseconds for which a button shows a notice. */
const NOTICE_MILLISECONDS = 3000;

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

/**
 * Show a notice instead of a button's label for three seconds.
 * @param {HTMLElement} button
 * @param {string} notice
 * @param {string} label
 */
export function showNotice(button, notice, label) {
  button.textContent = notice;
  setTimeout(() => {
    button.textContent = label;
  }, NOTICE_MILLISECONDS);
}
