// The scores of the only active head of the head view, in the inspector below the numbers of the figure.

import { createWeightTable } from "../marks/weight_table.js";
import { scoreTable } from "./head_score_table.js";

/** The table of the scores of one head. */
export class PickedHeadScores {
  #table;
  #number = 0;

  /** @param {HTMLElement} host */
  constructor(host) {
    this.#table = createWeightTable(
      host,
      /** @param {import("../core/state/selection.js").Cell} _ no row is a link */ (_) => {},
    );
  }

  /**
   * Show the scores if exactly one head is active. A later call replaces this one.
   * @param {import("./view_content.js").ViewContent} content
   * @param {number} layer
   * @param {number[]} heads the active heads
   */
  async show({ trace, attentionPart: { component }, filter }, layer, heads) {
    const number = ++this.#number;
    this.#table.show(null);
    if (heads.length !== 1) return;
    try {
      const scores = await trace.scores(component, layer);
      if (number !== this.#number) return;
      const cell = { layer, head: heads[0] };
      const table = scoreTable(cell, scores, trace.manifest.scores, filter !== null);
      this.#table.show({ ...table, title: `Scores of head ${heads[0]}` });
    } catch {
      // The figure does not need the scores, and the next draw tries again.
    }
  }
}
