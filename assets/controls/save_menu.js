// A button that opens a menu of options and of file formats.

import { appendElement } from "../drawing/element.js";
import { appendButton } from "./button.js";
import { placePopup } from "./popup_place.js";

/**
 * @typedef {object} Choice
 * @property {string} text of the button
 * @property {string} label accessible name of the button: what it saves
 * @property {() => void} onClick
 */

/** @typedef {{name: string, choices: Choice[]}} Row */

/**
 * Create a closed menu with sections of rows. The first section begins with an element for options.
 * @param {HTMLElement} host a positioned element
 * @param {Row[][]} sections
 */
export function createSaveMenu(host, sections) {
  const menu = /** @type {HTMLDetailsElement} */ (appendElement(host, "details", "bertviz-save"));
  const summary = appendElement(menu, "summary", "bertviz-button");
  summary.textContent = "Save";
  const list = appendElement(menu, "div", "bertviz-save-list");
  list.setAttribute("role", "group");
  list.setAttribute("aria-label", "Save as");
  // Safari does not focus a button on a click: the list receives the focus instead.
  list.tabIndex = -1;
  const options = appendElement(list, "div", "bertviz-save-options");
  const note = appendElement(host, "p", "bertviz-save-note");
  note.setAttribute("role", "status");
  const close = () => {
    summary.focus();
    menu.open = false;
  };
  for (const rows of sections) {
    const section = appendElement(list, "div", "bertviz-save-section");
    for (const row of rows) appendRow(section, row, close);
  }
  listenTo(menu, close);
  menu.addEventListener("toggle", () => {
    if (!menu.open) return;
    note.textContent = "";
    placePopup(list, summary);
  });

  return {
    options,
    /** @param {string} text about what was saved, until the reader leaves the button; or empty */
    showNote(text) {
      note.textContent = text;
      if (!text) return;
      placePopup(note, summary);
      summary.addEventListener("blur", () => note.replaceChildren(), { once: true });
    },
  };
}

/**
 * Close a menu when the reader leaves it or presses Escape.
 * @param {HTMLDetailsElement} menu
 * @param {() => void} close closes the menu, and moves the focus to its button
 */
function listenTo(menu, close) {
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
 * @param {HTMLElement} section
 * @param {Row} row
 * @param {() => void} close closes the menu
 */
function appendRow(section, { name, choices }, close) {
  appendElement(section, "span", "bertviz-save-name").textContent = name;
  const buttons = appendElement(section, "span", "bertviz-save-choices");
  for (const { text, label, onClick } of choices) {
    const button = appendButton(buttons, text, () => {
      close();
      onClick();
    });
    button.setAttribute("aria-label", label);
  }
}
