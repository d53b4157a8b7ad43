// The lines of one head between rows of tokens. The lines of a row are computed when the row becomes
// visible, and are kept.

import { logWeightsOf } from "../formula/attention.js";
import { isSameRows, numRows } from "./rows.js";

/** @typedef {import("../data/wire.js").LayerAttention} LayerAttention */
/** @typedef {import("./rows.js").Rows} Rows */

/**
 * The lines that begin or end at one row and are visible if the head is the only active one.
 * @typedef {object} LinesOfRow
 * @property {Uint32Array} others `[line]`, the row at the other end of each line
 * @property {Float32Array} weights `[line]`, the largest weight between the tokens of both rows
 */

/** The smallest opacity of a line: below half a step of 255 a line changes no pixel. */
export const MIN_OPACITY = 0.5 / 255;

const MIN_LOG = Math.log(MIN_OPACITY);

export class HeadLines {
  /** @type {Record<"query" | "key", Map<number, LinesOfRow>>} by axis and row */
  #cache = { query: new Map(), key: new Map() };

  /**
   * @param {LayerAttention} layer
   * @param {number} head
   * @param {Rows} queryRows
   * @param {Rows} keyRows
   */
  constructor(layer, head, queryRows, keyRows) {
    this.layer = layer;
    this.head = head;
    this.queryRows = queryRows;
    this.keyRows = keyRows;
  }

  /**
   * Check whether these are the lines of a head with the same rows.
   * @param {LayerAttention} layer
   * @param {number} head
   * @param {Rows} queryRows
   * @param {Rows} keyRows
   * @returns {boolean}
   */
  matches(layer, head, queryRows, keyRows) {
    return (
      layer === this.layer &&
      head === this.head &&
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
    const logs = this.#largestLogs(axis, row);
    const others = new Uint32Array(logs.length);
    const weights = new Float32Array(logs.length);
    let count = 0;
    for (let other = 0; other < logs.length; other++) {
      if (logs[other] < MIN_LOG) continue;
      others[count] = other;
      weights[count++] = Math.exp(logs[other]);
    }
    const lines = { others: others.slice(0, count), weights: weights.slice(0, count) };
    this.#cache[axis].set(row, lines);
    return lines;
  }

  /**
   * Return the weights between a row and every row of the other axis, however small.
   * @param {"query" | "key"} axis
   * @param {number} row
   * @returns {Float32Array} `[other row]`, the largest weight between the tokens of both rows
   */
  weightsOfRow(axis, row) {
    return this.#largestLogs(axis, row).map(Math.exp);
  }

  /**
   * @param {"query" | "key"} axis
   * @param {number} row
   * @returns {Float32Array} `[other row]`, the logarithm of the largest weight
   */
  #largestLogs(axis, row) {
    const [rows, others] =
      axis === "query" ? [this.queryRows, this.keyRows] : [this.keyRows, this.queryRows];
    const [begin, end] = [others.edges[0], others.edges[numRows(others)]];
    if (rows.size === 1 && others.size === 1) {
      const position = rows.edges[row];
      return logWeightsOf(this.layer, this.head, { axis, position }).subarray(begin, end);
    }
    const largest = new Float32Array(numRows(others)).fill(-Infinity);
    for (let position = rows.edges[row]; position < rows.edges[row + 1]; position++) {
      const logs = logWeightsOf(this.layer, this.head, { axis, position });
      for (let other = 0; other < largest.length; other++) {
        for (let at = others.edges[other]; at < others.edges[other + 1]; at++) {
          if (logs[at] > largest[other]) largest[other] = logs[at];
        }
      }
    }
    return largest;
  }
}
