// Above the computation, in words: the formula of the layer, whether the model agrees, and what the
// cell is that the reader points at.

/** @param {HTMLElement} host */
export function createFormulaLines(host) {
  const lines = append(host, "div", "bertviz-formula");
  const equation = append(lines, "p", "bertviz-equation");
  const formula = append(equation, "span", "bertviz-softmax");
  const over = append(equation, "span", "bertviz-over");
  const check = append(lines, "p", "bertviz-check");
  const cell = append(lines, "p", "bertviz-cell-note");

  return {
    /** @param {{equation: string, over: string}} words */
    setFormula(words) {
      formula.textContent = words.equation;
      over.textContent = ` ${words.over}`;
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

/**
 * @param {HTMLElement} parent
 * @param {string} tag
 * @param {string} className
 * @returns {HTMLElement}
 */
function append(parent, tag, className) {
  const element = parent.appendChild(parent.ownerDocument.createElement(tag));
  element.className = className;
  return element;
}
