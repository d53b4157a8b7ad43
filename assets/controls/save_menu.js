// A button that opens a small menu of kinds of files.

import { appendElement } from "../drawing/element.js";

/**
 * @typedef {object} Choice
 * @property {string} text on the button
 * @property {string} label what it saves, in words
 * @property {() => void} onClick
 */

/** @typedef {{name: string, choices: Choice[]}} Row */

/**
 * @param {HTMLElement} host
 * @param {Row[]} rows
 */
export function createSaveMenu(host, rows) {
  const menu = /** @type {HTMLDetailsElement} */ (appendElement(host, "details", "bertviz-save"));
  const summary = appendElement(menu, "summary", "bertviz-button");
  summary.textContent = "Save";
  const list = appendElement(menu, "div", "bertviz-save-list");
  list.setAttribute("role", "group");
  list.setAttribute("aria-label", "Save as");
  // Safari gives no button the focus on a click: the list takes it.
  list.tabIndex = -1;
  for (const { name, choices } of rows) {
    appendElement(list, "span", "bertviz-save-name").textContent = name;
    const buttons = appendElement(list, "span", "bertviz-save-choices");
    for (const { text, label, onClick } of choices) {
      const button = appendElement(buttons, "button", "bertviz-button");
      button.setAttribute("type", "button");
      button.setAttribute("aria-label", label);
      button.textContent = text;
      button.addEventListener("click", () => {
        close();
        onClick();
      });
    }
  }
  menu.addEventListener("focusout", ({ relatedTarget }) => {
    if (!menu.contains(/** @type {Node | null} */ (relatedTarget))) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.preventDefault();
    close();
  });

  function close() {
    summary.focus();
    menu.open = false;
  }
}
