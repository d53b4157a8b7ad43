// The interventions of the next run (bertviz_space/page/interventions.py). They are a part of the form
// that draws nothing: the views name the interventions of the picture, and ask for others. The same part also
// ends a comparison: its fields are not in the page while their popover is closed.

import { FIELDS, onEndOfComparison, onIntervene, onShown } from "../views/page_events.js";
import { compareButtonOf, runButtonOf } from "./elements.js";

/**
 * @typedef {object} InterventionsComponent what Gradio supplies
 * @property {HTMLElement} element
 * @property {{value: string}} props
 * @property {(event: "submit" | "clear") => void} trigger
 */

/** @param {InterventionsComponent} component */
export function start({ element, props, trigger }) {
  const document = element.ownerDocument;
  /** @type {string | null} the interventions of the next Run; null for those of the link */
  let next = null;
  onShown(document, ({ origin }) => {
    if (origin) next = String(origin.fields?.[FIELDS.interventions] ?? "");
  });
  onIntervene(document, (interventions) => {
    props.value = interventions;
    trigger("submit");
  });
  onEndOfComparison(document, () => {
    if (next !== null) props.value = next;
    trigger("clear");
  });
  // After a run that failed, the next one has the interventions of the picture again, and none if the
  // link's own run has failed: the reader could not undo them.
  const restore = (/** @type {MouseEvent} */ { target }) => {
    const buttons = [runButtonOf(document), compareButtonOf(document)];
    if (!buttons.some((button) => button?.contains(/** @type {Node} */ (target)))) return;
    if (next !== null) props.value = next;
    next ??= "";
  };
  document.body.addEventListener("click", restore, { capture: true });
}
