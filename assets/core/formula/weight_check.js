// Whether the page's own weights are those that the model itself computed: from the model over the
// wire to the formula in this page.

import { weightsOf } from "./attention.js";

/** @typedef {import("../data/wire.js").LayerAttention} LayerAttention */

/** The page's weights are the model's own to float32 and sums in another order: far below this. */
const LARGEST_DIFFERENCE = 1e-4;

/**
 * How far the weights of one head are from those that the model itself computed, for the queries
 * whose weights the model showed.
 * @typedef {object} Check
 * @property {number} largest over all these queries
 * @property {Map<number, number>} byQuery the largest difference of each
 */

/**
 * @param {LayerAttention} layer
 * @param {number} head
 * @returns {Check | null} null where the model showed none
 */
export function checkHead(layer, head) {
  const { model_queries, model_weights, num_keys } = layer;
  if (!model_queries || !model_weights) return null;
  const byQuery = new Map();
  model_queries.forEach((query, row) => {
    const ours = weightsOf(layer, head, { axis: "query", position: query });
    const begin = (head * model_queries.length + row) * num_keys;
    let largest = 0;
    for (let key = 0; key < num_keys; key++) {
      const difference = Math.abs(ours[key] - model_weights.data[begin + key]);
      // A weight that is no number differs from everything.
      if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference;
    }
    byQuery.set(query, largest);
  });
  return { largest: Math.max(...byQuery.values()), byQuery };
}

/**
 * How the page's own weights agree with those that the model computed.
 * @param {Check | null} check of the head on view; null where the model showed none
 * @param {number} numQueries of the text
 * @param {number | null} query the one that is lit
 * @returns {{text: string, outcome: "agrees" | "differs" | "unchecked"}}
 */
export function checkNote(check, numQueries, query) {
  if (!check) {
    const text = "Not checked: this model shows no weights of its own for this layer.";
    return { text, outcome: "unchecked" };
  }
  const agrees = check.largest <= LARGEST_DIFFERENCE;
  const compared = check.byQuery.size;
  const queries = compared === numQueries ? `all ${compared} queries` : `${compared} queries`;
  const its = query === null ? undefined : check.byQuery.get(query);
  const verdict = agrees
    ? "Checked against the model's own attention"
    : "This is not what the model computed";
  const parts = [`${verdict}: largest difference ${smallNumber(check.largest)}`];
  parts.push(`this head, ${queries}`);
  if (its !== undefined) parts.push(`this query ${smallNumber(its)}`);
  else if (query !== null) parts.push("this query not compared");
  return { text: parts.join(" · "), outcome: agrees ? "agrees" : "differs" };
}

/**
 * @param {number} value a difference
 * @returns {string}
 */
function smallNumber(value) {
  if (value === 0) return "0";
  return value < 1e-3 ? value.toExponential(1) : String(Number(value.toPrecision(2)));
}
