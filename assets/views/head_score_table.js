// The table of the scores of one head, and what their notes say.

import { presentScores, scoreOf } from "../core/state/head_ranking.js";
import { fixedNumber } from "../core/text/number_format.js";
import { SCORE_DECIMALS } from "../core/text/score_scale.js";

/** @typedef {import("../core/data/safetensors.js").Tensor} Tensor */
/** @typedef {import("../core/state/selection.js").Cell} Cell */

/**
 * Return the table of the scores of a head.
 * @param {Cell} cell
 * @param {Tensor} scores float32 `[head, score]` of its layer
 * @param {import("../marks/head_ranking.js").Score[]} all
 * @param {boolean} isFiltered whether the view hides weights
 * @param {number[]} [present] the scores that the table contains: by default, those that a head of the
 *   layer has
 * @returns {import("../marks/head_ranking.js").HeadTable}
 */
export function scoreTable(
  cell,
  scores,
  all,
  isFiltered,
  present = presentScores(new Map([[0, scores]])),
) {
  return {
    title: "Scores of this head",
    note: scoreNote("On this text: scores differ from text to text.", isFiltered),
    columns: ["Score", "", "Meaning"],
    rows: present.map((index) => ({
      label: all[index].label,
      numbers: [fixedNumber(scoreOf(scores, cell.head, index), SCORE_DECIMALS), all[index].meaning],
      target: null,
    })),
  };
}

/**
 * @param {string} note
 * @param {boolean} isFiltered whether the view hides weights, which the scores contain
 * @returns {string}
 */
export function scoreNote(note, isFiltered) {
  return isFiltered ? `${note} The filter does not change the scores.` : note;
}
