// What the head view shows of a result that is compared with another run.

import { hasOtherInput } from "../data/compared.js";

/** @typedef {import("../data/wire.js").Manifest} Manifest */
/** @typedef {import("./selection.js").Comparison} Comparison */
/** @typedef {import("./selection.js").Selection} Selection */

/**
 * Return what the head view shows. Until the reader chooses, interventions show this run alone, as the picture
 * of their result, and another text or model is shown beside this run.
 * @param {Pick<Selection, "comparison">} selection
 * @param {Pick<Manifest, "compared">} manifest
 * @returns {Comparison} "alone" for a result that is compared with none
 */
export function shownComparison({ comparison }, { compared }) {
  if (!compared) return "alone";
  return comparison ?? (hasOtherInput(compared) ? "both" : "alone");
}

/**
 * Choose what the head view shows of two compared runs.
 * @param {Selection} selection
 * @param {Comparison} comparison
 * @returns {Selection}
 */
export function chooseComparison(selection, comparison) {
  return { ...selection, comparison };
}
