// The cell of a matrix that the reader points at, in words: its query, its key and its weight.

import { labelOfRow } from "../core/text/label.js";
import { weightText } from "../core/text/number_format.js";
import { select } from "../vendor/d3.js";

/** @typedef {import("../core/geometry/rows.js").Rows} Rows */
/** @typedef {import("./matrix_content.js").MatrixContent} MatrixContent */

/** @typedef {{query: number, key: number}} MatrixCell the rows of a cell on both axes */

/** @typedef {{name: string, text: string}} Phrase a text, and the name of its CSS class */

/**
 * Return the text for a cell, phrase by phrase.
 * @param {MatrixContent} content
 * @param {MatrixCell} cell
 * @returns {Phrase[]}
 */
export function phrasesOfCell({ data, axes, cells }, { query, key }) {
  const weight = cells?.get(query)?.[key];
  const queries = axes.query.cells.rows;
  const keys = axes.key.cells.rows;
  return [
    { name: "subject", text: labelAt(data.queryTokens, queries, query) },
    { name: "verb", text: "→" },
    { name: "subject", text: labelAt(data.keyTokens, keys, key) },
    { name: "cell-weight", text: weight === undefined ? "…" : weightText(weight) },
  ];
}

/**
 * @param {MatrixContent["data"]["queryTokens"]} tokens
 * @param {Rows} rows
 * @param {number} row
 */
function labelAt(tokens, { edges }, row) {
  return labelOfRow(tokens, edges[row], edges[row + 1]);
}

/**
 * Create the note of a cell, empty.
 * @param {HTMLElement} host
 */
export function createCellNote(host) {
  const note = select(host).append("p").attr("class", "bertviz-matrix-cell");

  return {
    /** @param {Phrase[]} phrases empty for no cell */
    show(phrases) {
      note
        .selectAll("span")
        .data(phrases)
        .join("span")
        .attr("class", ({ name }) => `bertviz-${name}`)
        .text(({ text }) => text);
    },
  };
}
