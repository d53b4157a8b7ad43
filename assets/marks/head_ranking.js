// The heads of a result ranked by a score that the reader chooses, and the scores of one head.

import { drawPicker } from "../controls/picker.js";
import { appendElement } from "../drawing/element.js";
import { createWeightTable } from "./weight_table.js";

/** @typedef {import("../core/state/selection.js").Cell} Cell */
/** @typedef {import("./weight_table.js").WeightTable<Cell>} HeadTable */
/** @typedef {{name: string, label: string, meaning: string}} Score */

/**
 * @typedef {object} HeadRanking
 * @property {Score[]} choices the scores that the heads have
 * @property {Score} chosen
 * @property {HeadTable} heads by the chosen score
 * @property {HeadTable | null} own the scores of the open head; null while no head is open
 */

/**
 * Create the element, hidden until its first `show`.
 * @param {HTMLElement} host
 * @param {{onChoose: (score: string) => void, onPick: (cell: Cell) => void}} actions
 */
export function createHeadRanking(host, { onChoose, onPick }) {
  const element = appendElement(host, "div", "bertviz-head-ranking");
  element.hidden = true;
  const slot = appendElement(element, "div", "bertviz-slot");
  const heads = createWeightTable(element, onPick);
  const own = createWeightTable(element, onPick);

  return {
    /** @param {HeadRanking | null} ranking null hides the element */
    show(ranking) {
      element.hidden = ranking === null;
      if (!ranking) return;
      drawPicker(slot, {
        label: "Rank heads by",
        choices: ranking.choices,
        text: ({ label }) => label,
        chosen: ranking.chosen,
        onChange: ({ name }) => onChoose(name),
      });
      heads.show(ranking.heads);
      own.show(ranking.own);
    },
  };
}
