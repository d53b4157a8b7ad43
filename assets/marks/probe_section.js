// What a model view says about the probe: the button that asks for it, or the heads ranked by its scores.

import { appendButton } from "../controls/button.js";
import { appendElement } from "../drawing/element.js";
import { createWeightTable } from "./weight_table.js";

/** @typedef {import("../core/state/selection.js").Cell} Cell */
/** @typedef {import("./weight_table.js").WeightTable<Cell>} HeadTable */

/**
 * @typedef {object} ProbeContent
 * @property {string | null} button the text of the button; null for no button
 * @property {string} note a sentence; empty for none
 * @property {HeadTable[]} tables none, or one for each score
 */

/**
 * Create the section, hidden until its first `show`.
 * @param {HTMLElement} host
 * @param {number} numTables the largest number of tables
 * @param {{onProbe: () => void, onPick: (cell: Cell) => void}} actions
 */
export function createProbeSection(host, numTables, { onProbe, onPick }) {
  const element = appendElement(host, "div", "bertviz-probe");
  element.hidden = true;
  const button = appendButton(element, "", onProbe);
  const note = appendElement(element, "p", "bertviz-muted");
  note.setAttribute("role", "status");
  const tables = Array.from({ length: numTables }, () => createWeightTable(element, onPick));

  return {
    /** @param {ProbeContent | null} content null hides the section */
    show(content) {
      element.hidden = content === null;
      if (!content) return;
      const hadFocus = button.ownerDocument.activeElement === button;
      button.textContent = content.button;
      button.hidden = content.button === null;
      note.textContent = content.note;
      for (const [at, table] of tables.entries()) table.show(content.tables[at] ?? null);
      // The focus stays in the section.
      if (hadFocus && button.hidden) {
        /** @type {HTMLElement | null} */ (element.querySelector("tbody button"))?.focus();
      }
    },
  };
}
