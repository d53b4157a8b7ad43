// The interventions of the next run (bertviz_space/page/interventions.py). They are a part of the form
// that draws nothing: the views name the interventions of the picture, and ask for others.

import { onIntervene, onShown } from "../views/page_events.js";
import { runButtonOf } from "./elements.js";

/** Index of the interventions in the fields, in the order of `Fields.request`. */
const INTERVENTIONS = 12;

/**
 * @typedef {object} InterventionsComponent what Gradio supplies
 * @property {HTMLElement} element
 * @property {{value: string}} props
 * @property {(event: "submit") => void} trigger
 */

/** @param {InterventionsComponent} component */
export function start({ element, props, trigger }) {
  const document = element.ownerDocument;
  /** @type {string | null} the interventions of the picture; null before the first picture */
  let shown = null;
  onShown(document, ({ origin }) => {
    if (origin) shown = String(origin.fields?.[INTERVENTIONS] ?? "");
  });
  onIntervene(document, (interventions) => {
    props.value = interventions;
    trigger("submit");
  });
  // After a run that failed, the next one has the interventions of the picture again.
  const restore = (/** @type {MouseEvent} */ { target }) => {
    const isRun = runButtonOf(document).contains(/** @type {Node} */ (target));
    if (isRun && shown !== null) props.value = shown;
  };
  document.body.addEventListener("click", restore, { capture: true });
}
