// What is drawn of one head: between which rows there is a line, and how strong. Made row by row, as
// rows come in sight, and kept.

import { logWeightsOf } from "../formula/attention.js";
import { isSameRows, numRows } from "./rows.js";

/** @typedef {import("../data/wire.js").LayerAttention} LayerAttention */
/** @typedef {import("./rows.js").Rows} Rows */

/**
 * The lines that begin or end at one row and can be seen where the head is alone.
 * @typedef {object} LinesOfRow
 * @property {Uint32Array} others the rows at their other end
 * @property {Float32Array} weights of each line: the largest between the tokens of both rows
 */

/** An opacity under half a step of 255 changes no pixel. */
export const MIN_OPACITY = 0.5 / 255;

const LEAST_LOG = Math.log(MIN_OPACITY);

export class HeadLines {
  /** @type {Map<number, LinesOfRow>[]} of queries, of keys */
  #kept = [new Map(), new Map()];

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
   * @param {LayerAttention} layer
   * @param {number} head
   * @param {Rows} queryRows
   * @param {Rows} keyRows
   * @returns {boolean} whether these are its lines
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
   * @param {"query" | "key"} axis
   * @param {number} row
   * @returns {LinesOfRow}
   */
  linesOfRow(axis, row) {
    const kept = this.#kept[axis === "query" ? 0 : 1];
    const known = kept.get(row);
    if (known) return known;
    const logs = this.#largestLogs(axis, row);
    const others = new Uint32Array(logs.length);
    const weights = new Float32Array(logs.length);
    let count = 0;
    for (let other = 0; other < logs.length; other++) {
      if (logs[other] < LEAST_LOG) continue;
      others[count] = other;
      weights[count++] = Math.exp(logs[other]);
    }
    const lines = { others: others.slice(0, count), weights: weights.slice(0, count) };
    kept.set(row, lines);
    return lines;
  }

  /**
   * All weights between one row and those on the other side, the faint ones too.
   * @param {"query" | "key"} axis
   * @param {number} row
   * @returns {Float32Array} `[other row]`, the largest between the tokens of both rows
   */
  weightsOfRow(axis, row) {
    return this.#largestLogs(axis, row).map(Math.exp);
  }

  /**
   * @param {"query" | "key"} axis
   * @param {number} row
   * @returns {Float32Array} `[other row]`
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
