// Shortcuts in the form above the views, and in the popover that asks for the other run of a comparison.

import { compareButtonOf, compareOf, formOf, runButtonOf } from "./elements.js";

/** @param {Document} document */
export function addShortcuts(document) {
  addTo(formOf(document), () => runButtonOf(document));
  addTo(compareOf(document), () => compareButtonOf(document));
}

/**
 * @param {HTMLElement} form
 * @param {() => HTMLElement | null} runButton returns the button that runs what the form contains
 */
function addTo(form, runButton) {
  form.addEventListener("keydown", (event) => runOnEnter(runButton, event));
  form.addEventListener("click", ({ target }) => selectModelText(target));
}

/**
 * Press a button on Ctrl+Enter or Cmd+Enter.
 * @param {() => HTMLElement | null} runButton
 * @param {KeyboardEvent} event
 */
function runOnEnter(runButton, event) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  // Enter in the model field accepts what was typed there. Gradio 6.31 does so after a frame or a timer
  // that it sets later in this event, whichever comes first: the second timer here fires after both.
  setTimeout(() => setTimeout(() => runButton()?.click()));
}

/**
 * Select the text of a dropdown on a click into it, so that typing replaces the text.
 * @param {EventTarget | null} target
 */
function selectModelText(target) {
  const input = /** @type {HTMLInputElement} */ (target);
  if (input.matches("input[role=combobox], input[role=listbox]")) input.select();
}
