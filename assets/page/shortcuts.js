// Shortcuts in the form above the views.

import { formOf, runButtonOf } from "./elements.js";

/** @param {Document} document */
export function addShortcuts(document) {
  const form = formOf(document);
  form.addEventListener("keydown", (event) => runOnEnter(document, event));
  form.addEventListener("click", ({ target }) => selectModelText(target));
}

/**
 * Press Run on Ctrl+Enter or Cmd+Enter.
 * @param {Document} document
 * @param {KeyboardEvent} event
 */
function runOnEnter(document, event) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  // Enter in the model field accepts what was typed there, but only after this event.
  setTimeout(() => runButtonOf(document).click());
}

/**
 * Select the text of a dropdown on a click into it, so that typing replaces the text.
 * @param {EventTarget | null} target
 */
function selectModelText(target) {
  const input = /** @type {HTMLInputElement} */ (target);
  if (input.matches("input[role=combobox], input[role=listbox]")) input.select();
}
