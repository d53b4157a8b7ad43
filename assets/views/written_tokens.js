// What a view says of the tokens that a causal model wrote, and the control that steps through them.

import { appendButton } from "../controls/button.js";
import { createStepper } from "../controls/stepper.js";
import { predictedBy, stepTo, writtenSpan } from "../core/state/written_step.js";
import { predictionNote, writtenNote } from "../core/text/written_note.js";
import { writtenText } from "../core/text/written_text.js";
import { appendElement } from "../drawing/element.js";

/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {ReturnType<typeof createStepper>} Stepper */
/** @typedef {import("./view_content.js").ViewContent} ViewContent */

/** The note on the written tokens of a view, and the steps through them. */
export class WrittenTokens {
  #note;
  #which;
  #prediction;
  /** @type {Stepper | null} */
  #stepper = null;
  #getContent;
  #canEdit;
  #edit;

  /**
   * @param {HTMLElement} note an empty paragraph
   * @param {() => ViewContent | null} getContent returns what the view shows, or is about to show
   * @param {() => boolean} canEdit returns whether the page can put the written text into its form
   * @param {(written: string) => void} onEdit the reader wants to edit the text with what was written
   */
  constructor(note, getContent, canEdit, onEdit) {
    this.#note = note;
    this.#getContent = getContent;
    this.#canEdit = canEdit;
    note.hidden = true;
    this.#which = appendElement(note, "span", "bertviz-written-which");
    this.#prediction = appendElement(note, "span", "");
    this.#prediction.setAttribute("role", "status");
    this.#edit = appendButton(note, "Edit this text", () => {
      const content = this.#getContent();
      if (content) onEdit(writtenText(content.trace.manifest));
    });
  }

  /**
   * Add the control.
   * @param {HTMLElement} host an empty element for the control only
   * @param {(query: TokenPosition) => void} onStep pins the query that predicted a written token
   */
  addStepper(host, onStep) {
    this.#note.classList.add("bertviz-with-steps");
    this.#stepper = createStepper(host, "Written token", (direction) => {
      const content = this.#getContent();
      const span = content && spanOf(content);
      if (content && span) onStep(stepTo(content.pinned, span, direction));
    });
  }

  /** @param {ViewContent} content */
  draw(content) {
    const which = writtenNote(content.trace.manifest);
    this.#note.hidden = !which;
    this.#which.textContent = which;
    this.#edit.hidden = !this.#canEdit();
    if (this.#stepper) this.#drawStep(this.#stepper, content);
  }

  /**
   * @param {Stepper} stepper
   * @param {ViewContent} content
   */
  #drawStep(stepper, content) {
    const span = spanOf(content);
    const position = span && predictedBy(content.pinned, span);
    const prediction = position === null ? "" : predictionNote(content.axes.query.tokens, position);
    // A screen reader would read the same sentence again.
    if (this.#prediction.textContent !== prediction) this.#prediction.textContent = prediction;
    if (span) stepper.show(position === null ? null : position - span[0], span[1] - span[0]);
    else stepper.hide();
  }
}

/**
 * Return the written tokens to step through.
 * @param {ViewContent} content
 * @returns {import("../core/state/written_step.js").WrittenSpan | null} null while rows are words: a model
 *   predicts tokens
 */
function spanOf({ axes, attentionPart, shownFilter }) {
  return shownFilter.words ? null : writtenSpan(axes.query.tokens, attentionPart.queries);
}
