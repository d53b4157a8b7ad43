// The rows of cells of a matrix, which are computed on request and kept while they are visible.

import { pooledWeights } from "./pooled_weights.js";
import { numRows } from "./rows.js";

/** @typedef {import("./rows.js").Rows} Rows */
/** @typedef {import("../state/selection.js").Pooling} Pooling */
/** @typedef {import("../formula/weight_source.js").WeightSource} WeightSource */

/** Numbers that are kept when other rows are computed: 8 MB. */
const MAX_KEPT = 2 ** 21;

/** The cells of a matrix, row by row. */
export class PooledRows {
  #source;
  #pooling;
  /** @type {Map<number, Float32Array>} `[key row]` by query row */
  #computed = new Map();

  /**
   * @param {WeightSource} source
   * @param {Rows} queries
   * @param {Rows} keys
   * @param {Pooling} pooling
   */
  constructor(source, queries, keys, pooling) {
    this.#source = source;
    this.#pooling = pooling;
    this.queries = queries;
    this.keys = keys;
  }

  /**
   * Return the cells of a row.
   * @param {number} row
   * @returns {Float32Array | undefined} `[key row]`; undefined if the row has not been computed
   */
  get(row) {
    return this.#computed.get(row);
  }

  /**
   * Compute the rows of a range that have not been computed. Yields the number of complete rows after
   * each query token, so that the caller can pause.
   * @param {[first: number, end: number]} range of rows; `end` is one past the last
   * @returns {Generator<number, void>}
   */
  *compute([first, end]) {
    if (this.#computed.size * numRows(this.keys) > MAX_KEPT) this.#discardOutside(first, end);
    const { edges } = this.queries;
    for (let row = first; row < end; row++) {
      if (this.#computed.has(row)) continue;
      const span = /** @type {[number, number]} */ ([edges[row], edges[row + 1]]);
      const cells = pooledWeights(this.#source, "query", span, this.keys, this.#pooling);
      let step = cells.next();
      for (; !step.done; step = cells.next()) yield row - first;
      this.#computed.set(row, step.value);
    }
  }

  /**
   * @param {number} first
   * @param {number} end
   */
  #discardOutside(first, end) {
    for (const row of this.#computed.keys()) {
      if (row < first || row >= end) this.#computed.delete(row);
    }
  }
}
