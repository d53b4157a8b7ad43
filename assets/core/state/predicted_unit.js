// Which prediction belongs to a token, or to a word.

import { tokensOfUnit } from "../data/units.js";

/** @typedef {import("../data/trace.js").Trace} Trace */
/** @typedef {import("../data/units.js").Units} Units */
/** @typedef {import("../data/wire.js").Component} Component */
/** @typedef {import("../data/wire.js").PredictionsEntry} PredictionsEntry */

/**
 * Return the manifest's entry of the predictions at the tokens of an axis.
 * @param {Trace} trace
 * @param {Component} component
 * @param {"query" | "key"} axis
 * @returns {PredictionsEntry | null} null if the model predicts nothing at these tokens
 */
export function predictionsOfAxis(trace, component, axis) {
  const { predictions } = trace.manifest;
  if ("reason" in predictions) return null;
  const { query_tokens, key_tokens } = trace.component(component);
  const tokens = axis === "query" ? query_tokens : key_tokens;
  return tokens === predictions.tokens ? predictions : null;
}

/**
 * Return the position of the prediction for a unit: what follows a word follows its last token.
 * @param {PredictionsEntry} entry
 * @param {Units} units
 * @param {number} unit
 * @returns {number | null} null for a word of several tokens that are predicted one by one
 */
export function predictedPosition({ offset }, units, unit) {
  const [begin, end] = tokensOfUnit(units, unit);
  return offset === 0 && end - begin > 1 ? null : end - 1;
}
