// What the bars of scores show, in words and numbers, on the page and in saved pictures.

import { fixedNumber } from "./number_format.js";

/**
 * @typedef {object} ScoreScale
 * @property {string} label of the score
 * @property {number} max the score of the longest bar; a bar of no length is 0
 * @property {number} numKnown the number of layers whose scores are known
 * @property {number} numLayers the number of all layers
 * @property {boolean} isFiltered whether the view hides weights, which the scores contain
 */

/** Decimals of a score. */
export const SCORE_DECIMALS = 3;

/**
 * @param {ScoreScale} scale
 * @returns {{name: string, max: string, progress: string}} the progress is empty if all layers are known
 */
export function scoreScaleText({ label, max, numKnown, numLayers, isFiltered }) {
  return {
    name: `bar = ${label.toLowerCase()}${isFiltered ? " without the filter" : ""}`,
    max: fixedNumber(max, SCORE_DECIMALS),
    progress: numKnown < numLayers ? `${numKnown} of ${numLayers} layers so far` : "",
  };
}
