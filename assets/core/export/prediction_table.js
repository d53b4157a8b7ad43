// A CSV table of what a model predicts, for spreadsheets and for programs: a row for each position, with the
// text's own token and the most likely tokens.

import { textToken } from "../data/text_token.js";
import { labelOf } from "../text/label.js";
import { labelOfPredicted } from "../text/predicted_token.js";
import { beginningOf, cellText, commentLine, csvLine, shortestFloat32 } from "./csv.js";

/** @typedef {import("../data/other_predictions.js").OtherPredictions} OtherPredictions */
/** @typedef {import("../data/predictions.js").Predictions} Predictions */
/** @typedef {import("../data/wire.js").Manifest} Manifest */
/** @typedef {import("../data/wire.js").PredictionsEntry} PredictionsEntry */
/** @typedef {import("../data/wire.js").Token} Token */

/** Letters of a predicted token. */
const MAX_LETTERS = 200;

/**
 * Return a table of predictions. The cells about the text's own token are empty where the text has none.
 * @param {Manifest} manifest
 * @param {PredictionsEntry} entry
 * @param {Predictions} predictions
 * @param {OtherPredictions | null} [others] the predictions of the run that the result is compared with; null
 *   for no columns
 * @returns {BlobPart[]} the parts of the file, in order
 */
export function predictionsTable(manifest, entry, predictions, others = null) {
  const tokens = manifest[entry.tokens] ?? [];
  const numListed = tokens.length ? predictions.at(0).listed.length : 0;
  const listedColumns = Array.from({ length: numListed }, (_, at) => [
    `predicted_${at + 1}`,
    `probability_${at + 1}`,
  ]);
  const actualColumns = [
    "actual_token",
    "actual_rank",
    "actual_probability",
    "actual_log_probability",
  ];
  const otherColumns = others
    ? ["other_position", ...actualColumns.map((name) => `other_${name}`)]
    : [];
  if (others?.hasChanges) otherColumns.push("divergence");
  const rows = tokens.map((token, position) => {
    const { listed, actual } = predictions.at(position);
    return csvLine([
      position,
      textOf(token),
      ...actualCells(textToken(manifest, entry, position), actual),
      ...(others ? otherCells(others, position) : []),
      ...listed.flatMap((each) => [
        cellText(labelOfPredicted(each, MAX_LETTERS)),
        shortestFloat32(each.probability),
      ]),
    ]);
  });
  return [
    ...beginningOf(manifest),
    commentLine("predicted", `the token ${entry.offset === 1 ? "after" : "at"} the position`),
    csvLine(["position", "token", ...actualColumns, ...otherColumns, ...listedColumns.flat()]),
    ...rows,
  ];
}

/**
 * @param {Token | undefined} token that the text contains where the model predicts one
 * @param {import("../data/predictions.js").Prediction["actual"]} actual
 * @returns {(string | number)[]}
 */
function actualCells(token, actual) {
  if (!token || !actual) return [token ? textOf(token) : "", "", "", ""];
  const { rank, logProbability } = actual;
  const probability = Math.fround(Math.exp(logProbability));
  return [textOf(token), rank, shortestFloat32(probability), shortestFloat32(logProbability)];
}

/**
 * @param {OtherPredictions} others
 * @param {number} position of this run
 * @returns {(string | number)[]} empty cells where no token of the other run is aligned
 */
function otherCells(others, position) {
  const other = others.at(position);
  const cells = other
    ? [other.position, ...actualCells(other.actual, other.prediction.actual)]
    : ["", "", "", "", ""];
  if (!others.hasChanges) return cells;
  return [...cells, other?.change ? shortestFloat32(other.change.divergence) : ""];
}

/**
 * @param {Token} token
 * @returns {string} its text as the views show it
 */
function textOf(token) {
  return cellText(labelOf(token));
}
