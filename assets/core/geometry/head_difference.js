// The differences between the weights of two runs, as the lines of one head or of the mean over several heads.
// A difference is positive where this run has the larger weight.

import { MIN_OPACITY, measureOf } from "./head_lines.js";
import { isSameRows, numRows } from "./rows.js";

/** @typedef {import("../data/alignment.js").Alignment} Alignment */
/** @typedef {import("../data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("../data/wire.js").LayerAttention} LayerAttention */
/** @typedef {import("../formula/filtered_weights.js").ComponentFilter} ComponentFilter */
/** @typedef {import("./head_lines.js").LinesOfRow} LinesOfRow */
/** @typedef {import("./head_lines.js").Measure} Measure */
/** @typedef {import("./rows.js").Rows} Rows */

/**
 * The other run: its weights are subtracted from those of this run.
 * @typedef {object} OtherRun
 * @property {string} name
 * @property {LayerAttention} layer
 * @property {ComponentFilter | null} filter
 * @property {Record<TokenPosition["axis"], Alignment>} aligned `[unit]` of this run
 */

/**
 * The weights of a token in both runs, NaN where a pair of tokens has no aligned pair.
 * @typedef {object} ComparedWeights
 * @property {Float32Array} own of this run
 * @property {Float32Array} other
 */

/** The differences between the weights of two runs. Its methods are those of `HeadLines`. */
export class HeadDifference {
  /** @type {Record<"query" | "key", Map<number, LinesOfRow>>} by axis and row */
  #cache = { query: new Map(), key: new Map() };
  /** @type {Measure} */
  #own;
  /** @type {Measure} */
  #others;

  /**
   * @param {LayerAttention} layer of this run
   * @param {number[]} heads one head, or several for their mean; both runs have them
   * @param {Rows} queryRows
   * @param {Rows} keyRows
   * @param {ComponentFilter | null} filter of this run; null if all weights are shown
   * @param {OtherRun} other
   */
  constructor(layer, heads, queryRows, keyRows, filter, other) {
    this.layer = layer;
    this.heads = heads;
    this.queryRows = queryRows;
    this.keyRows = keyRows;
    this.filter = filter;
    this.other = other;
    this.#own = measureOf(layer, heads, filter);
    this.#others = measureOf(other.layer, heads, other.filter);
  }

  /**
   * Check whether these are the lines of the same heads with the same rows and the same filters.
   * @param {LayerAttention} layer
   * @param {number[]} heads
   * @param {Rows} queryRows
   * @param {Rows} keyRows
   * @param {ComponentFilter | null} filter
   * @param {OtherRun | null} other
   * @returns {boolean}
   */
  matches(layer, heads, queryRows, keyRows, filter, other) {
    return (
      layer === this.layer &&
      other?.layer === this.other.layer &&
      `${heads}` === `${this.heads}` &&
      filter?.text === this.filter?.text &&
      other.filter?.text === this.other.filter?.text &&
      isSameRows(queryRows, this.queryRows) &&
      isSameRows(keyRows, this.keyRows)
    );
  }

  /**
   * Return the visible lines of a row. A second call returns the same object. Between rows of several tokens
   * there can be two lines: for the largest increase, and for the largest decrease.
   * @param {"query" | "key"} axis
   * @param {number} row
   * @returns {LinesOfRow} its weights are differences
   */
  linesOfRow(axis, row) {
    const known = this.#cache[axis].get(row);
    if (known) return known;
    const { most, least } = this.#extremes(axis, row);
    const others = [];
    const weights = [];
    for (let other = 0; other < most.length; other++) {
      // A comparison with NaN is false.
      if (most[other] >= MIN_OPACITY) {
        others.push(other);
        weights.push(most[other]);
      }
      if (least[other] <= -MIN_OPACITY) {
        others.push(other);
        weights.push(least[other]);
      }
    }
    const lines = { others: Uint32Array.from(others), weights: Float32Array.from(weights) };
    this.#cache[axis].set(row, lines);
    return lines;
  }

  /** Forget the lines of keys: more rows of the filters are known now. */
  forgetKeys() {
    this.#cache.key.clear();
  }

  /**
   * Return the differences of a token, however small.
   * @param {TokenPosition} token
   * @returns {Float32Array} of all tokens of the other axis; NaN for a pair without an aligned pair
   */
  weightsOfToken(token) {
    const { own, other } = this.runsOfToken(token);
    for (let at = 0; at < own.length; at++) own[at] -= other[at];
    return own;
  }

  /**
   * Return the shown weights of a token in both runs.
   * @param {TokenPosition} token
   * @returns {ComparedWeights} `[position]` on the other axis of this run
   */
  runsOfToken({ axis, position }) {
    const { aligned } = this.other;
    const own = weightsOf(this.#own, { axis, position });
    const alignment = axis === "query" ? aligned.key : aligned.query;
    const counterpart = aligned[axis][position];
    const other = new Float32Array(own.length).fill(Number.NaN);
    if (!(counterpart >= 0)) return { own, other };
    const weights = weightsOf(this.#others, { axis, position: counterpart });
    for (let at = 0; at < other.length; at++) other[at] = weights[alignment[at]] ?? Number.NaN;
    return { own, other };
  }

  /**
   * Return the differences between a row and every row of the other axis, however small.
   * @param {"query" | "key"} axis
   * @param {number} row
   * @returns {Float32Array} `[other row]`, of the differences between the tokens of both rows the one that is
   *   farthest from 0; NaN if no pair of the tokens has an aligned pair
   */
  weightsOfRow(axis, row) {
    const { most, least } = this.#extremes(axis, row);
    return most.map((change, other) => (change >= -least[other] ? change : least[other]));
  }

  /**
   * @param {"query" | "key"} axis
   * @param {number} row
   * @returns {{most: Float32Array, least: Float32Array}} `[other row]`, the largest and the smallest difference
   *   between the tokens of both rows; NaN if there is none
   */
  #extremes(axis, row) {
    const [rows, others] =
      axis === "query" ? [this.queryRows, this.keyRows] : [this.keyRows, this.queryRows];
    if (rows.size === 1 && others.size === 1) {
      const changes = this.weightsOfToken({ axis, position: rows.edges[row] });
      const part = changes.subarray(others.edges[0], others.edges[numRows(others)]);
      return { most: part, least: part };
    }
    const most = new Float32Array(numRows(others)).fill(Number.NaN);
    const least = most.slice();
    for (let position = rows.edges[row]; position < rows.edges[row + 1]; position++) {
      const changes = this.weightsOfToken({ axis, position });
      for (let other = 0; other < most.length; other++) {
        for (let at = others.edges[other]; at < others.edges[other + 1]; at++) {
          const change = changes[at];
          // A comparison with NaN is false: the first difference is always taken.
          if (!(change <= most[other]) && !Number.isNaN(change)) most[other] = change;
          if (!(change >= least[other]) && !Number.isNaN(change)) least[other] = change;
        }
      }
    }
    return { most, least };
  }
}

/**
 * @param {Measure} measure
 * @param {TokenPosition} token
 * @returns {Float32Array}
 */
function weightsOf({ valuesOf, weightOf }, token) {
  return valuesOf(token).map(weightOf);
}
