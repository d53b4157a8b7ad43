// Above the computation, in words: the formula of the layer, whether the model agrees, and what the
// cell is that the reader points at.

import { appendElement } from "../drawing/element.js";

/** @param {HTMLElement} host */
export function createComputationNotes(host) {
  const lines = appendElement(host, "div", "bertviz-formula");
  const equation = appendElement(lines, "p", "bertviz-equation");
  const formula = appendElement(equation, "span", "bertviz-softmax");
  const over = appendElement(equation, "span", "bertviz-over");
  const check = appendElement(lines, "p", "bertviz-check");
  const cell = appendElement(lines, "p", "bertviz-cell-note");

  return {
    /** @param {{equation: string, keyRange: string}} words */
    setFormula(words) {
      formula.textContent = words.equation;
      over.textContent = ` ${words.keyRange}`;
    },
    /** @param {{text: string, outcome: string}} note */
    setCheck(note) {
      check.textContent = note.text;
      check.dataset.outcome = note.outcome;
    },
    /** @param {string} text */
    setCell(text) {
      cell.textContent = text;
    },
  };
}
