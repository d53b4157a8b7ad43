// The weights of one head, or the mean over several, after a filter (core/data/filter.js).
//
// The weights of a query on all keys need only that row. The weights of all queries on a key need one
// or two numbers of each row: the sum of its remaining weights, and its smallest shown weight. They are
// kept when a row is computed. Until then the weight of an unknown row counts as hidden, so that a
// highlighted key never waits for all rows of a long text.

import { filterText } from "../data/filter.js";
import { logWeightsOf } from "./attention.js";

/** @typedef {import("../data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("../data/wire.js").LayerAttention} LayerAttention */
/** @typedef {import("../data/trace.js").Trace} Trace */
/** @typedef {import("../data/wire.js").Component} Component */
/** @typedef {import("../data/filter.js").Filter} Filter */

/**
 * A filter for the keys of one component.
 * @typedef {object} KeyFilter
 * @property {string} text the filter as links spell it
 * @property {Uint8Array} hidden `[key]`, 1 for a hidden key
 * @property {boolean} renormalize
 * @property {number} minWeight
 * @property {number} mass
 */

/** The logarithm of a weight that counts as 0: it is 1e-9, and a layer is exact to 1e-5. */
const NEGLIGIBLE_LOG = -20.7;

/** The share of a row by which a running sum may miss its bound: the rounding of float32. */
const ROUNDING = 1e-6;

/**
 * The share by which a weight of a column may be below the threshold of its row: both are products of
 * the same vectors, but not rounded in the same order.
 */
const COLUMN_ROUNDING = 1e-5;

/**
 * Return a filter for the keys of a component.
 * @param {Filter} filter whose positions fit the texts
 * @param {Trace} trace
 * @param {Component} component
 * @returns {KeyFilter | null} null if it hides nothing
 */
export function keyFilterOf(filter, trace, component) {
  const text = filterText(filter);
  if (!text) return null;
  const { special, first, renormalize, minWeight, mass } = filter;
  const tokens = trace.keyTokens(component);
  const hidden = Uint8Array.from(tokens, (token) => Number(special && token.special));
  if (first) hidden[0] = 1;
  for (const position of filter[trace.component(component).key_tokens]) hidden[position] = 1;
  return { text, hidden, renormalize, minWeight, mass };
}

/** The weights of one head, or the mean over several, after a filter. */
export class FilteredWeights {
  #layer;
  #heads;
  #filter;
  /** Whether the weights on a key depend on other weights of the rows. */
  #needsRows;
  /** @type {Float64Array[]} `[query]` of each head: the sum of the remaining weights; NaN if unknown */
  #sums;
  /** `[query]`, the smallest shown weight; NaN if unknown */
  #smallest;

  /**
   * @param {LayerAttention} layer
   * @param {number[]} heads one head, or several for their mean
   * @param {KeyFilter} filter
   */
  constructor(layer, heads, filter) {
    this.#layer = layer;
    this.#heads = heads;
    this.#filter = filter;
    this.#needsRows = filter.renormalize || filter.mass < 1;
    this.#sums = heads.map(() => new Float64Array(layer.num_queries).fill(Number.NaN));
    this.#smallest = new Float32Array(layer.num_queries).fill(Number.NaN);
  }

  /**
   * Return the weights of a query on all keys, or of all queries on a key.
   * @param {TokenPosition} token
   * @returns {Float32Array} `[key]` for a query, `[query]` for a key; 0 for hidden weights
   */
  weightsOf({ axis, position }) {
    return axis === "query" ? this.#weightsOfQuery(position) : this.#weightsOfKey(position);
  }

  /** @param {number} query */
  #weightsOfQuery(query) {
    const { minWeight, mass } = this.#filter;
    const weights = this.#remainingOfQuery(query);
    const smallest = Math.max(minWeight, mass < 1 ? smallestShown(weights, mass) : 0);
    for (let key = 0; key < weights.length; key++) if (weights[key] < smallest) weights[key] = 0;
    this.#smallest[query] = smallest;
    return weights;
  }

  /**
   * Return the mean over the heads of the remaining weights.
   * @param {number} query
   * @returns {Float32Array} `[key]`
   */
  #remainingOfQuery(query) {
    const { hidden, renormalize } = this.#filter;
    const means = new Float32Array(this.#layer.num_keys);
    const remaining = new Float64Array(means.length);
    for (const [index, head] of this.#heads.entries()) {
      const logs = logWeightsOf(this.#layer, head, { axis: "query", position: query });
      let sum = 0;
      for (let key = 0; key < logs.length; key++) {
        const isShown = logs[key] > NEGLIGIBLE_LOG && hidden[key] === 0;
        remaining[key] = isShown ? Math.exp(logs[key]) : 0;
        sum += remaining[key];
      }
      this.#sums[index][query] = sum;
      if (sum === 0) continue;
      const divisor = (renormalize ? sum : 1) * this.#heads.length;
      for (let key = 0; key < means.length; key++) means[key] += remaining[key] / divisor;
    }
    return means;
  }

  /** @param {number} key */
  #weightsOfKey(key) {
    const { hidden, renormalize, minWeight } = this.#filter;
    const means = new Float32Array(this.#layer.num_queries);
    if (hidden[key] === 1) return means;
    for (const [index, head] of this.#heads.entries()) {
      const logs = logWeightsOf(this.#layer, head, { axis: "key", position: key });
      for (let query = 0; query < logs.length; query++) {
        if (logs[query] <= NEGLIGIBLE_LOG) continue;
        const divisor = (renormalize ? this.#sums[index][query] : 1) * this.#heads.length;
        means[query] += Math.exp(logs[query]) / divisor;
      }
    }
    for (let query = 0; query < means.length; query++) {
      const smallest = this.#needsRows ? this.#smallest[query] : minWeight;
      // A comparison with NaN is false: an unknown row is hidden.
      if (!(means[query] >= smallest * (1 - COLUMN_ROUNDING))) means[query] = 0;
    }
    return means;
  }
}

/**
 * Return the smallest of the largest weights that together hold a share of a row, as few as possible.
 * @param {Float32Array} weights
 * @param {number} mass the share, 0 to 1
 * @returns {number}
 */
function smallestShown(weights, mass) {
  const ascending = weights.filter((weight) => weight > 0).sort();
  const bound = (mass - ROUNDING) * ascending.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  let index = ascending.length;
  while (index > 0 && (index === ascending.length || sum < bound)) sum += ascending[--index];
  return ascending[index] ?? 0;
}
