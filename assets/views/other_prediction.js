// What the inspector says about the prediction of the run that a result is compared with.

import { hasOtherInput } from "../core/data/compared.js";
import { labelOf } from "../core/text/label.js";
import { otherRunInShort, otherRunInWords } from "../core/text/other_run.js";
import { predictionChangeInWords } from "../core/text/prediction_change.js";
import { listedTokens } from "./listed_tokens.js";

/** @typedef {import("../core/data/other_predictions.js").OtherPredictions} OtherPredictions */
/** @typedef {import("../core/data/wire.js").Manifest} Manifest */
/** @typedef {import("../marks/prediction_table.js").PredictionTable} PredictionTable */
/** @typedef {import("./shown_predictions.js").UnitPrediction} UnitPrediction */

/**
 * Return what the other run predicts at the token that is aligned with a token of this run.
 * @param {Manifest} manifest of this run
 * @param {OtherPredictions | null} predictions of the other run; null if they are not known
 * @param {UnitPrediction} unit of this run
 * @returns {PredictionTable | null} null for a result that is compared with none
 */
export function otherPrediction(manifest, predictions, { entry, position, prediction, actual }) {
  const { compared } = manifest;
  if (!compared) return null;
  const run = titleOfRun(manifest, compared);
  if ("reason" in compared.other.predictions) {
    return { ...run, listed: [], sentence: compared.other.predictions.reason };
  }
  if (!predictions) return null;
  const other = predictions.at(position);
  if (!other) {
    const tokens = manifest[entry.tokens] ?? [];
    const sentence = `No token of the other run is aligned with ${labelOf(tokens[position])}.`;
    return { ...run, listed: [], sentence };
  }
  return {
    ...run,
    listed: listedTokens(other.prediction, other.actual),
    sentence: predictionChangeInWords(other, prediction, actual),
  };
}

/**
 * @param {Manifest} manifest
 * @param {import("../core/data/wire.js").Compared} compared of the manifest
 * @returns {Pick<PredictionTable, "title" | "tooltip">}
 */
function titleOfRun(manifest, compared) {
  if (!hasOtherInput(compared)) return { title: "Without interventions" };
  return { title: `In ${otherRunInShort(manifest)}`, tooltip: otherRunInWords(manifest) };
}
