// The rows of cells of a matrix from the overview of a layer, as long as its weights have not been
// computed. The overview has the largest weight of each pair of bins of each head, so the rough cell of
// several heads, the mean of these, is at least as large as the largest mean weight.

import { numRows, rowAt, rowsOf } from "./rows.js";

/** @typedef {import("../data/trace.js").Tensor} Tensor */
/** @typedef {import("../data/wire.js").Token} Token */
/** @typedef {import("./rows.js").Rows} Rows */

/**
 * One axis of the matrix.
 * @typedef {object} BinnedAxis
 * @property {Token[]} tokens of the whole axis
 * @property {Rows} rows of cells
 * @property {number} bin tokens per bin of the overview
 */

/**
 * Return a function that returns the rough cells of a row.
 * @param {Tensor} overview uint8 `[head, query_bin, key_bin]`, 255 times the square root of a weight
 * @param {number[]} heads at least one
 * @param {BinnedAxis} queries
 * @param {BinnedAxis} keys
 * @returns {(row: number) => Float32Array} `[key row]`
 */
export function roughRows({ data, shape: [, numQueryBins, numKeyBins] }, heads, queries, keys) {
  const queryBins = binsOfRows(queries);
  const keyBins = binsOfRows(keys);
  /** @type {Map<number, Float32Array>} by query bin */
  const known = new Map();
  return (row) => {
    const bin = queryBins[row];
    const cells = known.get(bin) ?? cellsOfBin(bin);
    known.set(bin, cells);
    return cells;
  };

  /** @param {number} bin of the queries */
  function cellsOfBin(bin) {
    const weights = new Float32Array(numKeyBins);
    for (const head of heads) {
      const begin = (head * numQueryBins + bin) * numKeyBins;
      for (let keyBin = 0; keyBin < numKeyBins; keyBin++) {
        weights[keyBin] += (Number(data[begin + keyBin]) / 255) ** 2 / heads.length;
      }
    }
    const cells = new Float32Array(keyBins.length);
    for (let row = 0; row < cells.length; row++) cells[row] = weights[keyBins[row]];
    return cells;
  }
}

/**
 * Return the bin of the first token of each row.
 * @param {BinnedAxis} axis
 * @returns {number[]} by row
 */
function binsOfRows({ tokens, rows: { edges }, bin }) {
  const begin = edges[0];
  const end = edges[edges.length - 1];
  const before = numRows(rowsOf(tokens, [0, begin], bin));
  const bins = rowsOf(tokens, [begin, end], bin);
  return edges.slice(0, -1).map((position) => before + rowAt(bins, position));
}
