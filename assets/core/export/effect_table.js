// A CSV table of the effects of heads on a prediction, for spreadsheets and for programs.

import { headEffects } from "../state/head_effects.js";
import { csvLine } from "./csv.js";

/** Decimals of a change: a log-probability in float32 has no more. */
const DECIMALS = 6;

/**
 * Return a table with a row for each head.
 * @param {import("../data/sweep.js").LayerEffects[]} layers
 * @returns {string}
 */
export function effectTable(layers) {
  const rows = headEffects(layers).map(({ component, layer, head, change }) =>
    csvLine([component, layer, head, plainNumber(change)]),
  );
  return [csvLine(["component", "layer", "head", "change"]), ...rows].join("");
}

/**
 * @param {number} value
 * @returns {string} with a hyphen as the minus sign; a number that rounds to zero has none
 */
function plainNumber(value) {
  const text = value.toFixed(DECIMALS);
  return Number(text) === 0 ? text.replace("-", "") : text;
}
