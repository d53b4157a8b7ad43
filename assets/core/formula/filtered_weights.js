// The weights of one head, or the mean over several, after a filter (core/data/filter.js).
//
// The weights of a query on all keys need only that row. The weights of all queries on a key need one
// or two numbers of each row: the sum of its remaining weights, and its smallest shown weight. They are
// kept when a row is computed. Until then the weight of an unknown row counts as hidden, so that a
// highlighted key never waits for all rows of a long text.

import { filterText } from "../data/filter.js";
import { tokensOfUnit } from "../data/units.js";
import { logWeightsOf, meanWeightsOf } from "./attention.js";

/** @typedef {import("../data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("../data/wire.js").LayerAttention} LayerAttention */
/** @typedef {import("../data/trace.js").Trace} Trace */
/** @typedef {import("../data/wire.js").Component} Component */
/** @typedef {import("../data/filter.js").Filter} Filter */
/** @typedef {import("../data/units.js").Units} Units */

/**
 * A filter for one component. The units of an axis are tokens or words.
 * @typedef {object} ComponentFilter
 * @property {string} text the filter as links spell it
 * @property {Units} queries
 * @property {Units} keys
 * @property {Uint8Array} hidden `[position]` of the key tokens, 1 for a hidden token
 * @property {Uint8Array} hiddenUnits `[unit]` of the keys, 1 if all tokens of the unit are hidden
 * @property {boolean} renormalize
 * @property {number} minWeight
 * @property {number} mass
 * @property {boolean} words
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
 * Return a filter for a component.
 * @param {Filter} filter all its positions exist in the texts
 * @param {Trace} trace
 * @param {Component} component
 * @returns {ComponentFilter | null} null if it shows all weights of tokens
 */
export function componentFilter(filter, trace, component) {
  const text = filterText(filter);
  if (!text) return null;
  const { special, first, renormalize, minWeight, mass, words } = filter;
  const { query, key } = trace.units(component, words);
  const tokens = trace.keyTokens(component);
  const hidden = Uint8Array.from(tokens, (token) => Number(special && token.special));
  if (first) hidden[0] = 1;
  for (const position of filter[trace.component(component).key_tokens]) hidden[position] = 1;
  const hiddenUnits = new Uint8Array(key.tokens.length).fill(1);
  for (const [position, unit] of key.unitOfToken.entries()) hiddenUnits[unit] &= hidden[position];
  const limits = { renormalize, minWeight, mass };
  return { text, queries: query, keys: key, hidden, hiddenUnits, words, ...limits };
}

/**
 * Return the weights without a filter, in the units of a filter.
 * @param {LayerAttention} layer
 * @param {number[]} heads one head, or several for their mean
 * @param {ComponentFilter} filter
 * @returns {(token: TokenPosition) => Float32Array} returns the weights of a query on all keys, or of all
 *   queries on a key
 */
export function unfilteredWeights(layer, heads, filter) {
  if (!filter.words) return (token) => meanWeightsOf(layer, heads, token);
  const hidden = new Uint8Array(filter.hidden.length);
  const all = { ...filter, hidden, renormalize: false, minWeight: 0, mass: 1 };
  const weights = new FilteredWeights(layer, heads, all);
  return (token) => weights.weightsOf(token);
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
  /** `[query unit]`, the smallest shown weight; NaN if unknown */
  #smallest;

  /**
   * @param {LayerAttention} layer
   * @param {number[]} heads one head, or several for their mean
   * @param {ComponentFilter} filter
   */
  constructor(layer, heads, filter) {
    this.#layer = layer;
    this.#heads = heads;
    this.#filter = filter;
    this.#needsRows = filter.renormalize || filter.mass < 1;
    this.#sums = heads.map(() => new Float64Array(layer.num_queries).fill(Number.NaN));
    this.#smallest = new Float32Array(filter.queries.tokens.length).fill(Number.NaN);
  }

  /**
   * Return the weights of a query on all keys, or of all queries on a key, unit by unit. The weight of a
   * word on another one is the mean over the tokens of the first, of the sum over those of the second
   * (Clark et al. 2019, section 4.1).
   * @param {TokenPosition} token its position is the number of a unit
   * @returns {Float32Array} `[key]` for a query, `[query]` for a key; 0 for hidden weights
   */
  weightsOf({ axis, position }) {
    return axis === "query" ? this.#weightsOfQuery(position) : this.#weightsOfKey(position);
  }

  /** @param {number} unit */
  #weightsOfQuery(unit) {
    const { queries, keys, minWeight, mass } = this.#filter;
    const weights = new Float32Array(keys.tokens.length);
    const [begin, end] = tokensOfUnit(queries, unit);
    for (let query = begin; query < end; query++) this.#addRow(weights, query, 1 / (end - begin));
    const smallest = Math.max(minWeight, mass < 1 ? smallestShown(weights, mass) : 0);
    for (let key = 0; key < weights.length; key++) if (weights[key] < smallest) weights[key] = 0;
    this.#smallest[unit] = smallest;
    return weights;
  }

  /**
   * Add the mean over the heads of a row's remaining weights to those of other rows.
   * @param {Float32Array} weights `[key unit]`
   * @param {number} query
   * @param {number} share of the row in the mean over a word's tokens
   */
  #addRow(weights, query, share) {
    const { hidden, renormalize, keys } = this.#filter;
    const { num_keys } = this.#layer;
    const remaining = new Float64Array(num_keys);
    for (const [index, head] of this.#heads.entries()) {
      const logs = logWeightsOf(this.#layer, head, { axis: "query", position: query });
      let sum = 0;
      for (let key = 0; key < num_keys; key++) {
        const isShown = logs[key] > NEGLIGIBLE_LOG && hidden[key] === 0;
        remaining[key] = isShown ? Math.exp(logs[key]) : 0;
        sum += remaining[key];
      }
      this.#sums[index][query] = sum;
      if (sum === 0) continue;
      const factor = share / ((renormalize ? sum : 1) * this.#heads.length);
      for (let key = 0; key < num_keys; key++) {
        weights[keys.unitOfToken[key]] += remaining[key] * factor;
      }
    }
  }

  /** @param {number} unit */
  #weightsOfKey(unit) {
    const { queries, keys, hidden, minWeight } = this.#filter;
    const weights = new Float32Array(queries.tokens.length);
    const [begin, end] = tokensOfUnit(keys, unit);
    for (let key = begin; key < end; key++) if (hidden[key] === 0) this.#addColumn(weights, key);
    for (let query = 0; query < weights.length; query++) {
      const smallest = this.#needsRows ? this.#smallest[query] : minWeight;
      // A comparison with NaN is false: an unknown row is hidden.
      if (!(weights[query] >= smallest * (1 - COLUMN_ROUNDING))) weights[query] = 0;
    }
    return weights;
  }

  /**
   * Add the mean over the heads of a column's remaining weights to those of other columns.
   * @param {Float32Array} weights `[query unit]`
   * @param {number} key
   */
  #addColumn(weights, key) {
    const { renormalize, queries } = this.#filter;
    for (const [index, head] of this.#heads.entries()) {
      const logs = logWeightsOf(this.#layer, head, { axis: "key", position: key });
      for (let query = 0; query < logs.length; query++) {
        if (logs[query] <= NEGLIGIBLE_LOG) continue;
        const unit = queries.unitOfToken[query];
        const [begin, end] = tokensOfUnit(queries, unit);
        const sum = renormalize ? this.#sums[index][query] : 1;
        weights[unit] += Math.exp(logs[query]) / (sum * this.#heads.length * (end - begin));
      }
    }
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
