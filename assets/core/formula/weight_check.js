// Compares the weights that the page computes with those that the model itself computed. The
// comparison covers the way from the model over the files to the formula in this page.

import { weightsOf } from "./attention.js";

/** @typedef {import("../data/wire.js").LayerAttention} LayerAttention */

/**
 * The largest difference that counts as agreement. Rounding to float32 and another order of sums
 * cause differences far below it.
 */
const MAX_DIFFERENCE = 1e-4;

/**
 * The differences between the page's and the model's weights of one head, for the queries whose
 * weights the server sent.
 * @typedef {object} Check
 * @property {number} largest the largest difference of all these queries
 * @property {Map<number, number>} byQuery the largest difference of each query
 */

/**
 * Compare the page's weights of a head with those of the model.
 * @param {LayerAttention} layer
 * @param {number} head
 * @returns {Check | null} null if the layer has no weights of the model
 */
export function checkHead(layer, head) {
  const { model_queries, model_weights, num_keys } = layer;
  if (!model_queries || !model_weights) return null;
  const byQuery = new Map();
  model_queries.forEach((query, row) => {
    const weights = weightsOf(layer, head, { axis: "query", position: query });
    const begin = (head * model_queries.length + row) * num_keys;
    let largest = 0;
    for (let key = 0; key < num_keys; key++) {
      const difference = Math.abs(weights[key] - model_weights.data[begin + key]);
      // NaN differs from every weight.
      if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference;
    }
    byQuery.set(query, largest);
  });
  return { largest: Math.max(...byQuery.values()), byQuery };
}

/**
 * Return a sentence about how the page's weights agree with those of the model, and another one about the
 * highlighted query.
 * @param {Check | null} check of the head in the view; null if the layer has no weights of the model
 * @param {number} numQueries queries of the text
 * @param {number | null} query the highlighted query
 * @returns {{text: string, detail: string, outcome: "agrees" | "differs" | "unchecked"}}
 */
export function checkNote(check, numQueries, query) {
  if (!check) {
    const text = "Not checked: the model itself reports no weights for this layer.";
    return { text, detail: "", outcome: "unchecked" };
  }
  const agrees = check.largest <= MAX_DIFFERENCE;
  const compared = check.byQuery.size;
  const queries = compared === numQueries ? `all ${compared}` : `${compared} of ${numQueries}`;
  const verdict = `${agrees ? "Matches" : "Differs from"} the model's own attention`;
  const largest = `max. difference ${smallNumber(check.largest)} over ${queries} queries`;
  return {
    text: `${verdict} (${largest})`,
    detail: query === null ? "" : detailOf(check, query),
    outcome: agrees ? "agrees" : "differs",
  };
}

/**
 * @param {Check} check
 * @param {number} query
 * @returns {string}
 */
function detailOf({ byQuery }, query) {
  const difference = byQuery.get(query);
  if (difference === undefined) return "This query was not compared.";
  return `This query: max. difference ${smallNumber(difference)}.`;
}

/**
 * @param {number} value a difference, not negative
 * @returns {string} two significant digits, in exponential notation below 0.001
 */
function smallNumber(value) {
  if (value === 0) return "0";
  return value < 1e-3 ? value.toExponential(1) : String(Number(value.toPrecision(2)));
}
