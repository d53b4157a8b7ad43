// What a view writes about the prediction at a position.

import { labelOf } from "./label.js";
import { fixedNumber, groupedNumber, weightText } from "./number_format.js";

/** @typedef {import("../data/predictions.js").Prediction} Prediction */
/** @typedef {import("../data/wire.js").PredictionsEntry} PredictionsEntry */
/** @typedef {import("../data/wire.js").Token} Token */

/** Decimals of a log-probability. */
const LOG_DECIMALS = 2;

/**
 * Return where a model predicts a token.
 * @param {PredictionsEntry} entry
 * @param {string} label of the token at the position
 * @returns {string} such as "after the"
 */
export function placeOfPrediction({ offset }, label) {
  return `${offset === 1 ? "after" : "at"} ${label}`;
}

/**
 * Return a sentence about the token that the text contains where a model predicts one.
 * @param {PredictionsEntry} entry
 * @param {Prediction} prediction
 * @param {Token | undefined} token that the text contains; undefined after the last one
 * @returns {string} empty if the token's probability is not known
 */
export function actualTokenInWords({ offset }, { actual }, token) {
  if (!token) return "The text ends here.";
  if (!actual) return "";
  const rank = rankInWords(actual);
  return offset === 1
    ? `The next token, ${labelOf(token)}, ${rank}`
    : `The model has read the token in the text, ${labelOf(token)}. It ${rank}`;
}

/**
 * Return a sentence about the token that a mask replaces.
 * @param {Prediction} prediction at the mask
 * @param {Token | undefined} token that the text contains
 * @returns {string} empty if the token's probability is not known
 */
export function maskedTokenInWords({ actual }, token) {
  return token && actual ? `${labelOf(token)} ${rankInWords(actual)}` : "";
}

/** @param {NonNullable<Prediction["actual"]>} actual */
function rankInWords({ rank, logProbability }) {
  const probability = weightText(Math.exp(logProbability));
  return `has rank ${groupedNumber(rank)}: probability ${probability}, log-probability ${fixedNumber(logProbability, LOG_DECIMALS)}.`;
}

/**
 * Return the place of the text's own token among the listed ones.
 * @param {Prediction} prediction
 * @param {Token | undefined} token that the text contains
 * @returns {number} -1 if it is not listed
 */
export function listedPlaceOf({ listed, actual }, token) {
  if (!actual || !token) return -1;
  return listed.findIndex(({ vocabulary }) => vocabulary === token.vocabulary);
}
