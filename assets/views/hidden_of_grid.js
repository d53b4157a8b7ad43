// How many lines of all heads of the model view's grid a filter hides, as the server has counted them.

import { NO_LINES } from "../core/formula/hidden_lines.js";

/** @typedef {import("../core/data/trace.js").Tensor} Tensor */
/** @typedef {import("../core/formula/hidden_lines.js").HiddenLines} HiddenLines */
/** @typedef {import("../core/state/selection.js").Cell} Cell */
/** @typedef {import("./view_content.js").ViewContent} ViewContent */

/**
 * Add what a filter hides of each head of a grid.
 * @param {ViewContent} content
 * @param {Cell[]} cells the heads
 * @param {AbortSignal} signal stops the fetch of the counts
 * @returns {Promise<HiddenLines | null>} null without a filter, or if a head was not counted
 */
export async function hiddenOfGrid({ trace, attentionPart, axes, filter }, cells, signal) {
  if (!filter) return null;
  const { component, queries, keys } = attentionPart;
  let sums = NO_LINES;
  for (const layer of new Set(cells.map((cell) => cell.layer))) {
    const counts = await trace.hiddenLines(component, layer, filter.text, signal);
    if (!counts) return null;
    const rows = segmentsOf(queries, axes.query.tokens.length, counts.shape[1]);
    const columns = segmentsOf(keys, axes.key.tokens.length, counts.shape[2]);
    for (const { head } of cells.filter((cell) => cell.layer === layer)) {
      for (const row of rows) {
        for (const column of columns) sums = add(sums, counts, [head, row, column]);
      }
    }
  }
  return sums;
}

/**
 * Return the segments that a part of an axis consists of.
 * @param {[begin: number, end: number]} span
 * @param {number} length of the axis
 * @param {number} count of segments, 1 or 2
 * @returns {number[]}
 */
function segmentsOf([begin, end], length, count) {
  if (count === 1) return [0];
  return [...(begin === 0 ? [0] : []), ...(end === length ? [1] : [])];
}

/**
 * @param {HiddenLines} sums
 * @param {Tensor} counts `[head, query segment, key segment, 4]`
 * @param {[head: number, row: number, column: number]} index
 * @returns {HiddenLines}
 */
function add(sums, { data, shape: [, numRows, numColumns] }, [head, row, column]) {
  const begin = 4 * ((head * numRows + row) * numColumns + column);
  const [lines, hiddenLines, weight, hiddenWeight] = data.subarray(begin, begin + 4);
  return {
    lines: sums.lines + lines,
    hiddenLines: sums.hiddenLines + hiddenLines,
    weight: sums.weight + weight,
    hiddenWeight: sums.hiddenWeight + hiddenWeight,
  };
}
