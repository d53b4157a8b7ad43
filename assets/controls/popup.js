// A button that opens a list of controls beside it.

import { appendElement } from "../drawing/element.js";
import { placePopup } from "./popup_place.js";

/**
 * @typedef {object} Popup
 * @property {HTMLElement} button
 * @property {HTMLElement} list an empty element for the controls
 * @property {() => void} close closes the list, and moves the focus to the button
 */

/**
 * Append a button with a closed list. The list closes when the reader leaves it or presses Escape.
 * @param {HTMLElement} host a positioned element
 * @param {object} options
 * @param {string} options.text of the button
 * @param {string} options.label accessible name of the list
 * @param {() => void} [options.onOpen]
 * @returns {Popup}
 */
export function createPopup(host, { text, label, onOpen }) {
  const popup = /** @type {HTMLDetailsElement} */ (appendElement(host, "details", "bertviz-popup"));
  const button = appendElement(popup, "summary", "bertviz-button");
  button.textContent = text;
  const list = appendElement(popup, "div", "bertviz-popup-list");
  list.setAttribute("role", "group");
  list.setAttribute("aria-label", label);
  // Safari does not focus a button on a click: the list receives the focus instead.
  list.tabIndex = -1;
  const close = () => {
    button.focus();
    popup.open = false;
  };
  popup.addEventListener("focusout", ({ relatedTarget }) => {
    if (!popup.contains(/** @type {Node | null} */ (relatedTarget))) popup.open = false;
  });
  popup.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !popup.open) return;
    event.preventDefault();
    close();
  });
  button.addEventListener("click", (event) => {
    // The browser itself would open the list before its toggle event, and show it in a wrong place.
    event.preventDefault();
    popup.open = !popup.open;
    if (!popup.open) return;
    onOpen?.();
    placePopup(list, button);
  });
  return { button, list, close };
}
