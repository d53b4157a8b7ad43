// What a view writes about the effects of heads on a prediction.

import { labelOfComponent } from "./component_label.js";
import { fixedNumber, signedNumber } from "./number_format.js";

/** @typedef {import("../data/sweep.js").HeadEffect} HeadEffect */

/** Decimals of log-probabilities and their changes. */
const DECIMALS = 3;

/**
 * Return the change of a log-probability as text.
 * @param {number} change
 * @returns {string}
 */
export function changeText(change) {
  return signedNumber(change, DECIMALS);
}

/**
 * Return what the effects of heads are.
 * @param {number} logProbability of the predicted token while all heads are on
 * @returns {string}
 */
export function effectsInWords(logProbability) {
  const number = fixedNumber(logProbability, DECIMALS);
  return `Change of its log-probability (${number}) if this head alone is off. A head below 0 makes the token more likely; heads can replace each other.`;
}

/**
 * Return the effect of a head for a tooltip, and for a screen reader.
 * @param {HeadEffect} effect
 * @param {boolean} namesComponent whether the model has several components
 * @returns {string} such as "Layer 0, Head 3: −6.872"
 */
export function effectInWords({ component, layer, head, change }, namesComponent) {
  const name = namesComponent ? `${labelOfComponent(component)}, ` : "";
  return `${name}Layer ${layer}, Head ${head}: ${changeText(change)}`;
}

/**
 * Return the name of a head in a table.
 * @param {HeadEffect} effect
 * @param {boolean} namesComponent whether the model has several components
 * @returns {string} such as "L0H3"
 */
export function headOfEffect({ component, layer, head }, namesComponent) {
  const name = namesComponent ? `${labelOfComponent(component)} ` : "";
  return `${name}L${layer}H${head}`;
}

/**
 * Return how many layers a sweep knows while it runs.
 * @param {number} known
 * @param {number} all
 * @returns {string}
 */
export function sweepProgress(known, all) {
  return `${known} of ${all} layers so far.`;
}

/**
 * Return how many layers a sweep knew when the reader stopped it.
 * @param {number} known
 * @param {number} all
 * @returns {string}
 */
export function sweepStopped(known, all) {
  return `Stopped after ${known} of ${all} layers.`;
}
