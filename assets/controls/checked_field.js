// A labeled text field with a message below it while its content is wrong.

import { appendElement } from "../drawing/element.js";
import { appendLabel } from "./label.js";

/** Number of fields so far, for the ids that connect a field with its message. */
let numFields = 0;

/**
 * Append a field, and an element for its error message.
 * @param {HTMLElement} host
 * @param {string} label
 */
export function appendCheckedField(host, label) {
  const input = appendElement(appendLabel(host, label), "input", "");
  const field = /** @type {HTMLInputElement} */ (input);
  const message = appendElement(host, "p", "bertviz-field-error");
  message.id = `bertviz-field-error-${numFields++}`;
  message.setAttribute("role", "alert");
  return {
    field,
    /** @param {string} error empty for none */
    showError(error) {
      // A screen reader would read the same message again.
      if (message.textContent !== error) message.textContent = error;
      if (error) {
        field.setAttribute("aria-invalid", "true");
        field.setAttribute("aria-describedby", message.id);
      } else {
        field.removeAttribute("aria-invalid");
        field.removeAttribute("aria-describedby");
      }
    },
  };
}
