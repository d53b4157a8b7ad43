// The lines of one head, or of the mean over several heads, between rows of tokens. The lines of a row are
// computed when the row becomes visible, and are kept.

import { logWeightsOf, meanWeightsOf } from "../formula/attention.js";
import { FilteredWeights } from "../formula/filtered_weights.js";
import { isSameRows, numRows } from "./rows.js";

/** @typedef {import("../data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("../data/wire.js").LayerAttention} LayerAttention */
/** @typedef {import("../formula/filtered_weights.js").ComponentFilter} ComponentFilter */
/** @typedef {import("./rows.js").Rows} Rows */

/**
 * The lines that begin or end at one row and are visible if no other lines share their opacity.
 * @typedef {object} LinesOfRow
 * @property {Uint32Array} others `[line]`, the row at the other end of each line
 * @property {Float32Array} weights `[line]`, the largest weight between the tokens of both rows
 */

/** The smallest opacity of a line: below half a step of 255 a line changes no pixel. */
export const MIN_OPACITY = 0.5 / 255;

/**
 * A quantity that increases with the weight and is cheaper to compute, for all pairs of tokens.
 * @typedef {object} Measure
 * @property {(token: TokenPosition) => Float32Array} valuesOf returns the values of a query on all keys,
 *   or of all queries on a key
 * @property {number} minimum the value of the smallest opacity
 * @property {(value: number) => number} weightOf
 */

export class HeadLines {
  /** @type {Record<"query" | "key", Map<number, LinesOfRow>>} by axis and row */
  #cache = { query: new Map(), key: new Map() };
  #measure;

  /**
   * @param {LayerAttention} layer
   * @param {number[]} heads one head, or several for their mean
   * @param {Rows} queryRows
   * @param {Rows} keyRows
   * @param {ComponentFilter | null} filter null if all weights are shown
   */
  constructor(layer, heads, queryRows, keyRows, filter) {
    this.layer = layer;
    this.heads = heads;
    this.queryRows = queryRows;
    this.keyRows = keyRows;
    this.filter = filter;
    this.#measure = measureOf(layer, heads, filter);
  }

  /**
   * Check whether these are the lines of the same heads with the same rows and the same filter.
   * @param {LayerAttention} layer
   * @param {number[]} heads
   * @param {Rows} queryRows
   * @param {Rows} keyRows
   * @param {ComponentFilter | null} filter
   * @param {unknown} [subtracted] the other run of differences, which these lines are not; null for weights
   * @returns {boolean}
   */
  matches(layer, heads, queryRows, keyRows, filter, subtracted = null) {
    return (
      subtracted === null &&
      layer === this.layer &&
      `${heads}` === `${this.heads}` &&
      filter?.text === this.filter?.text &&
      isSameRows(queryRows, this.queryRows) &&
      isSameRows(keyRows, this.keyRows)
    );
  }

  /**
   * Return the visible lines of a row. A second call returns the same object.
   * @param {"query" | "key"} axis
   * @param {number} row
   * @returns {LinesOfRow}
   */
  linesOfRow(axis, row) {
    const known = this.#cache[axis].get(row);
    if (known) return known;
    const { minimum, weightOf } = this.#measure;
    const values = this.#largestValues(axis, row);
    const others = new Uint32Array(values.length);
    const weights = new Float32Array(values.length);
    let count = 0;
    for (let other = 0; other < values.length; other++) {
      if (values[other] < minimum) continue;
      others[count] = other;
      weights[count++] = weightOf(values[other]);
    }
    const lines = { others: others.slice(0, count), weights: weights.slice(0, count) };
    this.#cache[axis].set(row, lines);
    return lines;
  }

  /**
   * Return the shown weights of a token, however small.
   * @param {TokenPosition} token
   * @returns {Float32Array} of all tokens of the other axis
   */
  weightsOfToken(token) {
    return this.#measure.valuesOf(token).map(this.#measure.weightOf);
  }

  /** Forget the lines of keys: more rows of a filter are known now. */
  forgetKeys() {
    this.#cache.key.clear();
  }

  /**
   * Return the weights between a row and every row of the other axis, however small.
   * @param {"query" | "key"} axis
   * @param {number} row
   * @returns {Float32Array} `[other row]`, the largest weight between the tokens of both rows
   */
  weightsOfRow(axis, row) {
    return this.#largestValues(axis, row).map(this.#measure.weightOf);
  }

  /**
   * @param {"query" | "key"} axis
   * @param {number} row
   * @returns {Float32Array} `[other row]`, the value of the largest weight
   */
  #largestValues(axis, row) {
    const [rows, others] =
      axis === "query" ? [this.queryRows, this.keyRows] : [this.keyRows, this.queryRows];
    const [begin, end] = [others.edges[0], others.edges[numRows(others)]];
    if (rows.size === 1 && others.size === 1) {
      const position = rows.edges[row];
      return this.#measure.valuesOf({ axis, position }).subarray(begin, end);
    }
    const largest = new Float32Array(numRows(others)).fill(-Infinity);
    for (let position = rows.edges[row]; position < rows.edges[row + 1]; position++) {
      const values = this.#measure.valuesOf({ axis, position });
      for (let other = 0; other < largest.length; other++) {
        for (let at = others.edges[other]; at < others.edges[other + 1]; at++) {
          if (values[at] > largest[other]) largest[other] = values[at];
        }
      }
    }
    return largest;
  }
}

/**
 * Return the measure of heads.
 * @param {LayerAttention} layer
 * @param {number[]} heads one head, or several for their mean
 * @param {ComponentFilter | null} filter null if all weights are shown
 * @returns {Measure}
 */
export function measureOf(layer, heads, filter) {
  if (filter) return filteredMeasure(new FilteredWeights(layer, heads, filter));
  return heads.length === 1 ? logMeasure(layer, heads[0]) : meanMeasure(layer, heads);
}

/**
 * Return the weights that a filter shows. The largest one of pooled rows is chosen after the filter.
 * @param {FilteredWeights} weights
 * @returns {Measure}
 */
function filteredMeasure(weights) {
  return {
    valuesOf: (token) => weights.weightsOf(token),
    minimum: MIN_OPACITY,
    weightOf: (weight) => weight,
  };
}

/**
 * Return the logarithm of one head's weights: only visible weights need an exponential.
 * @param {LayerAttention} layer
 * @param {number} head
 * @returns {Measure}
 */
function logMeasure(layer, head) {
  return {
    valuesOf: (token) => logWeightsOf(layer, head, token),
    minimum: Math.log(MIN_OPACITY),
    weightOf: Math.exp,
  };
}

/**
 * Return the mean of the weights. The mean of pooled rows is taken before the largest one is chosen.
 * @param {LayerAttention} layer
 * @param {number[]} heads
 * @returns {Measure}
 */
function meanMeasure(layer, heads) {
  return {
    valuesOf: (token) => meanWeightsOf(layer, heads, token),
    minimum: MIN_OPACITY,
    weightOf: (weight) => weight,
  };
}
