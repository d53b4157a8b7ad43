// A button that opens a menu of file formats.

import { appendElement } from "../drawing/element.js";
import { appendButton } from "./button.js";

/**
 * @typedef {object} Choice
 * @property {string} text of the button
 * @property {string} label accessible name of the button: what it saves
 * @property {() => void} onClick
 */

/** @typedef {{name: string, choices: Choice[]}} Row */

/**
 * Create a closed menu with one line for each row.
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
  // Safari does not focus a button on a click: the list receives the focus instead.
  list.tabIndex = -1;
  const close = () => {
    summary.focus();
    menu.open = false;
  };
  for (const row of rows) appendRow(list, row, close);
  menu.addEventListener("focusout", ({ relatedTarget }) => {
    if (!menu.contains(/** @type {Node | null} */ (relatedTarget))) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.preventDefault();
    close();
  });
}

/**
 * @param {HTMLElement} list
 * @param {Row} row
 * @param {() => void} close closes the menu
 */
function appendRow(list, { name, choices }, close) {
  appendElement(list, "span", "bertviz-save-name").textContent = name;
  const buttons = appendElement(list, "span", "bertviz-save-choices");
  for (const { text, label, onClick } of choices) {
    const button = appendButton(buttons, text, () => {
      close();
      onClick();
    });
    button.setAttribute("aria-label", label);
  }
}
