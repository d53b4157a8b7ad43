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

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {Choice[]} choices
 * @property {() => boolean} [isOffered] whether an opened menu contains the row; by default it does
 */

/**
 * Create a closed menu with sections of rows. The first section begins with an element for options.
 * @param {HTMLElement} host a positioned element
 * @param {Row[][]} sections
 */
export function createSaveMenu(host, sections) {
  /** @type {(() => void)[]} hide or show the rows */
  const rowDraws = [];
  const { button, list, close } = createPopup(host, {
    text: "Save",
    label: "Save as",
    onOpen: () => {
      note.replaceChildren();
      for (const draw of rowDraws) draw();
    },
  });
  const options = appendElement(list, "div", "bertviz-save-options");
  const note = appendElement(host, "p", "bertviz-save-note");
  note.setAttribute("role", "status");
  for (const rows of sections) {
    const section = appendElement(list, "div", "bertviz-save-section");
    for (const row of rows) rowDraws.push(appendRow(section, row, close));
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
 * @returns {() => void} hides or shows the row
 */
function appendRow(section, { name, choices, isOffered = () => true }, close) {
  const title = appendElement(section, "span", "bertviz-save-name");
  title.textContent = name;
  const buttons = appendElement(section, "span", "bertviz-save-choices");
  for (const { text, label, onClick } of choices) {
    const button = appendButton(buttons, text, () => {
      close();
      onClick();
    });
    button.setAttribute("aria-label", label);
  }
  return () => {
    title.hidden = buttons.hidden = !isOffered();
  };
}
