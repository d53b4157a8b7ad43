// A button that opens a menu of options and of file formats.

import { appendElement } from "../drawing/element.js";
import { appendButton } from "./button.js";
import { createPopup } from "./popup.js";
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
  const { button, list, close } = createPopup(host, {
    text: "Save",
    label: "Save as",
    onOpen: () => note.replaceChildren(),
  });
  const options = appendElement(list, "div", "bertviz-save-options");
  const note = appendElement(host, "p", "bertviz-save-note");
  note.setAttribute("role", "status");
  for (const rows of sections) {
    const section = appendElement(list, "div", "bertviz-save-section");
    for (const row of rows) appendRow(section, row, close);
  }

  return {
    options,
    /** @param {string} text about what was saved, until the reader leaves the button; or empty */
    showNote(text) {
      note.textContent = text;
      if (!text) return;
      placePopup(note, button);
      button.addEventListener("blur", () => note.replaceChildren(), { once: true });
    },
  };
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
