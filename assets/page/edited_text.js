// Puts what a model wrote into the field of the text, where the reader edits it and runs it again.

import { FIELDS, onEdit, onShown } from "../views/page_events.js";
import { continueFieldOf, textFieldOf } from "./elements.js";

/** @param {Document} document */
export function offerToEdit(document) {
  let text = "";
  onShown(document, ({ origin }) => {
    if (origin) text = String(origin.fields?.[FIELDS.text] ?? "");
  });
  onEdit(document, (written) => {
    const field = textFieldOf(document);
    fill(field, text + written);
    // The next run shows the edited text, and continues it only if the reader asks for it again.
    fill(continueFieldOf(document), "");
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  });
}

/**
 * @param {HTMLTextAreaElement | HTMLInputElement} field
 * @param {string} value
 */
function fill(field, value) {
  field.value = value;
  // Gradio 6.31 reads a field when it reports input.
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
