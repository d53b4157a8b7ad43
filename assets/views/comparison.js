// The run that the result of a view is compared with: its name above the figure, and what the reader can
// choose about it.

import { hasOtherInput } from "../core/data/compared.js";
import { chooseComparison, shownComparison } from "../core/state/comparison.js";
import { otherRunInWords } from "../core/text/other_run.js";
import { createComparisonRow } from "../marks/comparison_row.js";
import { requestEndOfComparison } from "./page_events.js";

/** @typedef {import("../core/state/selection.js").Selection} Selection */
/** @typedef {import("../core/state/selection.js").ViewName} ViewName */
/** @typedef {import("./view_content.js").ViewContent} ViewContent */

/** The view that shows both runs. */
const VIEW = "head";

/** The comparison of one view. */
export class ComparisonNote {
  #view;
  #actions;
  #row;

  /**
   * @param {HTMLElement} host of the view
   * @param {ViewName} view
   * @param {HTMLElement} row an empty element
   * @param {object} actions
   * @param {(change: (selection: Selection) => Selection) => void} actions.select
   * @param {((view: ViewName) => void) | null} actions.open opens another view; null if there is none
   * @param {() => boolean} actions.canRun returns whether the page can run the text of the result again
   */
  constructor(host, view, row, actions) {
    this.#view = view;
    this.#actions = actions;
    this.#row = createComparisonRow(row, {
      onChoose: (comparison) =>
        actions.select((selection) => chooseComparison(selection, comparison)),
      onOpen: () => actions.open?.(VIEW),
      onEnd: () => requestEndOfComparison(host),
    });
  }

  /**
   * Name the run that a result is compared with.
   * @param {ViewContent} content
   */
  draw({ trace: { manifest }, selection }) {
    if (!manifest.compared) {
      this.#row.show(null);
      return;
    }
    const isShown = this.#view === VIEW;
    this.#row.show({
      name: otherRunInWords(manifest),
      shown: isShown ? shownComparison(selection, manifest) : null,
      canOpen: !isShown && this.#actions.open !== null,
      // A run with interventions is always compared with the run without them.
      canEnd: this.#actions.canRun() && hasOtherInput(manifest.compared),
    });
  }
}
