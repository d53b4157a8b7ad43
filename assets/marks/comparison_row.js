// A row that names the run that a result is compared with, and chooses how a figure shows it.

import { appendButton, appendLabeledButton } from "../controls/button.js";
import { createSegments } from "../controls/segments.js";
import { appendElement } from "../drawing/element.js";

/** @typedef {import("../core/state/selection.js").Comparison} Comparison */

/** @type {{choice: Comparison, text: string}[]} */
const CHOICES = [
  { choice: "alone", text: "This run" },
  { choice: "both", text: "Side by side" },
  { choice: "difference", text: "Difference" },
];

/**
 * @typedef {object} ComparisonContent
 * @property {string} name of the other run
 * @property {Comparison | null} shown what the figure shows of both runs; null if it always shows this run
 * @property {boolean} canOpen whether the reader can go to the view that shows both
 * @property {boolean} canEnd whether the page can run the text without the comparison
 */

/**
 * Create the row in an empty element, hidden until its first `show`.
 * @param {HTMLElement} host
 * @param {{onChoose: (comparison: Comparison) => void, onOpen: () => void, onEnd: () => void}} actions
 */
export function createComparisonRow(host, { onChoose, onOpen, onEnd }) {
  appendElement(host, "span", "bertviz-muted").textContent = "Compared with";
  const chip = appendElement(host, "span", "bertviz-compared-run");
  const name = appendElement(chip, "span", "");
  const end = appendLabeledButton(chip, "×", "End the comparison", onEnd);
  end.classList.add("bertviz-undo");
  const segments = createSegments(host, "Figure", onChoose);
  const open = appendButton(host, "Compare in Head view →", onOpen);
  host.hidden = true;

  return {
    /** @param {ComparisonContent | null} content null hides the row */
    show(content) {
      host.hidden = content === null;
      if (!content) return;
      name.textContent = content.name;
      name.title = content.name;
      end.hidden = !content.canEnd;
      segments.draw(content.shown ? CHOICES : [], content.shown);
      open.hidden = !content.canOpen;
    },
  };
}
