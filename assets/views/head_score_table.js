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
      numbers: [scoreText(scoreOf(scores, cell.head, index)), all[index].meaning],
      target: null,
    })),
  };
}

/**
 * Return the rows of a table of ranked heads, which open their heads.
 * @param {import("../core/state/head_ranking.js").RankedHead[]} ranked
 * @param {(score: number) => string} textOf returns the text of a score
 * @returns {import("../marks/weight_table.js").WeightTableRow<Cell>[]}
 */
export function rowsOfHeads(ranked, textOf) {
  return ranked.map(({ score, ...cell }) => ({
    label: `L${cell.layer}H${cell.head}`,
    numbers: [textOf(score)],
    target: cell,
  }));
}

/**
 * @param {number} score
 * @returns {string}
 */
export function scoreText(score) {
  return fixedNumber(score, SCORE_DECIMALS);
}

/**
 * @param {string} note
 * @param {boolean} isFiltered whether the view hides weights, which the scores contain
 * @returns {string}
 */
export function scoreNote(note, isFiltered) {
  return isFiltered ? `${note} The filter does not change the scores.` : note;
}
