// What a view writes about how a prediction differs from that of the run that the result is compared with.

import { labelOf } from "./label.js";
import { fixedNumber, signedNumber } from "./number_format.js";
import { labelOfPredicted } from "./predicted_token.js";

/** @typedef {import("../data/other_predictions.js").OtherPrediction} OtherPrediction */
/** @typedef {import("../data/predictions.js").Prediction} Prediction */
/** @typedef {import("../data/wire.js").Token} Token */

/** Decimals of log-probabilities and divergences. */
const DECIMALS = 3;

/**
 * Return a sentence about one token, and one about the whole prediction if the change is known. The token is
 * the one that both texts contain where the model predicts one. Where they contain no common token, it is the
 * most likely one in the other run.
 * @param {OtherPrediction} other
 * @param {Prediction} prediction of this run
 * @param {Token | undefined} token that the text of this run contains; undefined after the last one
 * @returns {string} empty if nothing is known
 */
export function predictionChangeInWords(other, prediction, token) {
  const sentences = [tokenInWords(other, prediction, token)];
  if (other.change) {
    sentences.push(`Divergence: ${fixedNumber(other.change.divergence, DECIMALS)} nats.`);
  }
  return sentences.filter(Boolean).join(" ");
}

/**
 * @param {OtherPrediction} other
 * @param {Prediction} prediction of this run
 * @param {Token | undefined} token that the text of this run contains
 * @returns {string} empty if a log-probability is not known
 */
function tokenInWords({ prediction: other, actual: otherToken, change }, { actual }, token) {
  if (token && token.vocabulary === otherToken?.vocabulary) {
    if (!other.actual || !actual) return "";
    return logsInWords(labelOf(token), other.actual.logProbability, actual.logProbability);
  }
  const [likeliest] = other.listed;
  if (!likeliest || !change) return "";
  const log = Math.log(likeliest.probability);
  return logsInWords(labelOfPredicted(likeliest), log, change.likeliestLogProbability);
}

/**
 * @param {string} label of a token
 * @param {number} before its log-probability in the other run
 * @param {number} after its log-probability in this run
 * @returns {string}
 */
function logsInWords(label, before, after) {
  const [first, second] = [before, after].map((each) => fixedNumber(each, DECIMALS));
  const difference = signedNumber(after - before, DECIMALS);
  return `Log-probability of ${label}: ${first} → ${second} (${difference}).`;
}
