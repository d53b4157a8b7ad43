// The weights that a matrix shows: one row or one column at a time, because the matrix of a long text
// does not fit into memory.

import { meanWeightsOf } from "./attention.js";
import { FilteredWeights } from "./filtered_weights.js";

/** @typedef {import("../data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("../data/wire.js").LayerAttention} LayerAttention */
/** @typedef {import("./filtered_weights.js").ComponentFilter} ComponentFilter */

/**
 * Computes the weights of one token on request.
 * @typedef {object} WeightSource
 * @property {(position: number) => Float32Array} weightsOfQuery returns `[key]`, 0 to 1
 * @property {(position: number) => Float32Array} weightsOfKey returns `[query]`, 0 to 1
 */

/**
 * Return the source of the mean weights over heads.
 * @param {LayerAttention} layer
 * @param {number[]} heads at least one
 * @param {ComponentFilter | null} filter null if all weights are shown. The weights of a key can depend on all
 *   rows: those of rows that have not been requested count as hidden.
 * @returns {WeightSource}
 */
export function weightSource(layer, heads, filter) {
  const filtered = filter && new FilteredWeights(layer, heads, filter);
  const weightsOf = (/** @type {TokenPosition} */ token) =>
    filtered ? filtered.weightsOf(token) : meanWeightsOf(layer, heads, token);
  return {
    weightsOfQuery: (position) => weightsOf({ axis: "query", position }),
    weightsOfKey: (position) => weightsOf({ axis: "key", position }),
  };
}
