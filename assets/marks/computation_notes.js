// The lines of text above the computation: the formula of the layer, whether its weights agree with the
// model's own, and the number of the cell that the reader points at.

import { appendElement } from "../drawing/element.js";

/**
 * Create the lines, empty.
 * @param {HTMLElement} host
 */
export function createComputationNotes(host) {
  const lines = appendElement(host, "div", "bertviz-formula");
  const formula = appendElement(lines, "p", "bertviz-equation");
  const equation = appendElement(formula, "span", "bertviz-softmax");
  const keyRange = appendElement(formula, "span", "bertviz-key-range");
  const check = appendElement(lines, "p", "bertviz-check");
  const cell = appendElement(lines, "p", "bertviz-cell-note");

  return {
    /** @param {{equation: string, keyRange: string}} description */
    setFormula(description) {
      equation.textContent = description.equation;
      keyRange.textContent = ` ${description.keyRange}`;
    },
    /** @param {{text: string, detail: string, outcome: string}} note `detail` becomes a tooltip */
    setCheck(note) {
      check.textContent = note.text;
      check.title = note.detail;
      check.dataset.outcome = note.outcome;
    },
    /** @param {string} text */
    setCell(text) {
      cell.textContent = text;
    },
  };
}
