// A labeled choice from a list.

import { appendElement } from "../drawing/element.js";
import { appendLabel } from "./label.js";

/**
 * @template T
 * @typedef {object} PickerOptions
 * @property {string} label
 * @property {T[]} choices
 * @property {(choice: T) => string} text the text of a choice in the list
 * @property {T} chosen
 * @property {(choice: T) => void} onChange
 */

/**
 * Draw a picker into its host, which is hidden if there are fewer than two choices. A second draw
 * updates the same `select` element, so a reader who uses the keyboard keeps the focus.
 * @template T
 * @param {HTMLElement} host an element for this picker only, empty before the first draw
 * @param {PickerOptions<T>} options
 */
export function drawPicker(host, { label, choices, text, chosen, onChange }) {
  const document = host.ownerDocument;
  const list = host.querySelector("select") ?? appendList(host, label);
  host.hidden = choices.length < 2;
  list.replaceChildren(
    ...choices.map((choice) => {
      const option = document.createElement("option");
      option.textContent = text(choice);
      return option;
    }),
  );
  list.selectedIndex = choices.indexOf(chosen);
  list.onchange = () => onChange(choices[list.selectedIndex]);
}

/**
 * @param {HTMLElement} host
 * @param {string} label
 * @returns {HTMLSelectElement}
 */
function appendList(host, label) {
  return /** @type {HTMLSelectElement} */ (appendElement(appendLabel(host, label), "select", ""));
}
