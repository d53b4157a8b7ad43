// The heads of a result ranked by a score that the reader chooses, and the scores of one head.

import { appendCheckbox } from "../controls/checkbox.js";
import { drawPicker } from "../controls/picker.js";
import { appendElement } from "../drawing/element.js";
import { createWeightTable } from "./weight_table.js";

/** @typedef {import("../core/state/selection.js").Cell} Cell */
/** @typedef {import("./weight_table.js").WeightTable<Cell>} HeadTable */
/** @typedef {import("../core/data/wire.js").Score} Score */

/**
 * @typedef {object} HeadRanking
 * @property {Score[]} choices the scores that the heads have
 * @property {Score} chosen
 * @property {boolean} bars whether the grid shows the chosen score of each head
 * @property {HeadTable} heads by the chosen score
 * @property {HeadTable | null} own the scores of the open head; null while no head is open
 */

/**
 * @typedef {object} RankingActions
 * @property {(score: string) => void} onChoose
 * @property {(bars: boolean) => void} onBars the reader shows or hides the scores in the grid
 * @property {(cell: Cell) => void} onPick
 */

/**
 * Create the element, hidden until its first `show`.
 * @param {HTMLElement} host
 * @param {RankingActions} actions
 */
export function createHeadRanking(host, { onChoose, onBars, onPick }) {
  const element = appendElement(host, "div", "bertviz-head-ranking");
  element.hidden = true;
  const choice = appendElement(element, "div", "bertviz-checkboxes bertviz-score-choice");
  const slot = appendElement(choice, "div", "bertviz-slot");
  const bars = appendCheckbox(choice, "Bars in the grid", false, onBars);
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
      bars.checked = ranking.bars;
      heads.show(ranking.heads);
      own.show(ranking.own);
    },
  };
}
