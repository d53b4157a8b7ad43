// What a view writes about the change of a prediction by interventions.

import { labelOf } from "./label.js";
import { fixedNumber, signedNumber } from "./number_format.js";
import { labelOfPredicted } from "./predicted_token.js";

/** @typedef {import("../data/predictions.js").Prediction} Prediction */
/** @typedef {import("../data/predictions_before.js").PredictionChange} PredictionChange */
/** @typedef {import("../data/wire.js").Token} Token */

/** Decimals of log-probabilities and divergences. */
const DECIMALS = 3;

/**
 * Return a sentence about the token that the text contains where a model predicts one, and one about the
 * whole prediction. Where the text ends, the first is about the most likely token without interventions.
 * @param {{before: Prediction, after: Prediction}} predictions without and with interventions
 * @param {PredictionChange} change
 * @param {Token | undefined} token that the text contains; undefined after the last one
 * @returns {string}
 */
export function predictionChangeInWords({ before, after }, change, token) {
  const sentences = [];
  const [likeliest] = before.listed;
  if (token && before.actual && after.actual) {
    const logs = [before.actual.logProbability, after.actual.logProbability];
    sentences.push(logsInWords(labelOf(token), logs[0], logs[1]));
  } else if (!token && likeliest) {
    const log = Math.log(likeliest.probability);
    sentences.push(logsInWords(labelOfPredicted(likeliest), log, change.likeliestLogProbability));
  }
  return [...sentences, `Divergence: ${fixedNumber(change.divergence, DECIMALS)} nats.`].join(" ");
}

/**
 * @param {string} label of a token
 * @param {number} before its log-probability without interventions
 * @param {number} after its log-probability with interventions
 * @returns {string}
 */
function logsInWords(label, before, after) {
  const [first, second] = [before, after].map((each) => fixedNumber(each, DECIMALS));
  const difference = signedNumber(after - before, DECIMALS);
  return `Log-probability of ${label}: ${first} → ${second} (${difference}).`;
}
