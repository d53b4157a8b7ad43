// What the inspector says about the prediction at a token: the prediction of the model that has read the
// text, and beside it the prediction of the other run of a comparison. If the reader asks for them, also the
// prediction for the token when it is masked, and the effects of the heads on the prediction.

import { appendButton } from "../controls/button.js";
import { appendElement } from "../drawing/element.js";
import { createPredictionTable } from "./prediction_table.js";
import { createSweepSection } from "./sweep_section.js";

/** @typedef {import("./prediction_table.js").PredictionTable} PredictionTable */

/**
 * What the section says about the token when it is masked.
 * @typedef {object} MaskingContent
 * @property {string | null} button the text of the button; null for no button
 * @property {(() => void) | null} onMask what the button does; null while it does nothing
 * @property {string} note an error; empty for none
 * @property {PredictionTable | null} prediction null while it is not known
 */

/**
 * @typedef {object} MoreContent
 * @property {PredictionTable | null} other the prediction of the other run; null for none
 * @property {MaskingContent | null} masking
 * @property {import("./sweep_section.js").SweepContent | null} sweep the effects of the heads
 */

/** @typedef {PredictionTable & MoreContent} PredictionContent */

/**
 * Create the section, hidden until its first `show`.
 * @param {HTMLElement} host
 */
export function createPredictionSection(host) {
  const prediction = createPredictionTable(host, "bertviz-prediction");
  const masking = appendElement(prediction.element, "div", "bertviz-masking");
  /** @type {(() => void) | null | undefined} */
  let onMask;
  const button = appendButton(masking, "", () => onMask?.());
  const note = appendElement(masking, "div", "bertviz-muted");
  note.setAttribute("role", "status");
  const other = createPredictionTable(host, "bertviz-other-prediction");
  const masked = createPredictionTable(host, "bertviz-masked-prediction");
  masked.title.tabIndex = -1;
  const sweep = createSweepSection(prediction.element, host);

  return {
    /** @param {PredictionContent | null} content null hides the section */
    show(content) {
      const hadFocus = button.ownerDocument.activeElement === button;
      prediction.show(content);
      other.show(content?.other ?? null);
      const shown = content?.masking ?? null;
      onMask = shown?.onMask;
      masking.hidden = shown === null;
      button.hidden = !shown?.button;
      button.textContent = shown?.button ?? "";
      // A button that is really disabled would lose the focus.
      button.ariaDisabled = String(!onMask);
      note.textContent = shown?.note ?? "";
      masked.show(shown?.prediction ?? null);
      sweep.show(content?.sweep ?? null);
      // The focus goes from the button, which is gone, to what it has brought.
      if (hadFocus && shown?.prediction) {
        masked.title.focus({ preventScroll: true });
        // On a phone, the inspector is shorter than its content.
        masked.element.scrollIntoView({ block: "nearest" });
      }
    },
  };
}
