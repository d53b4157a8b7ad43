// The cell of a matrix that the reader points at, or moves to by keys, in words: its query, its key and its
// weight.

import { rowAt } from "../core/geometry/rows.js";
import { labelOfRow } from "../core/text/label.js";
import { weightText } from "../core/text/number_format.js";
import { select } from "../vendor/d3.js";

/** @typedef {import("../core/geometry/rows.js").Rows} Rows */
/** @typedef {import("./matrix_content.js").MatrixContent} MatrixContent */

/** @typedef {{query: number, key: number}} MatrixCell the rows of a cell on both axes */

/** @typedef {{name: string, text: string}} Phrase a text, and the name of its CSS class */

/**
 * Return the cell of a pinned token and a token of the other axis.
 * @param {MatrixContent} content
 * @param {import("../core/data/token_position.js").TokenPosition} pinned
 * @param {import("../core/data/token_position.js").TokenPosition} token
 * @returns {MatrixCell | null} null for tokens of the same axis, or if the cell has more tokens
 */
export function cellOfTokens({ axes }, pinned, token) {
  const rows = { query: axes.query.cells.rows, key: axes.key.cells.rows };
  const isPooled = rows.query.size * rows.key.size > 1;
  if (pinned.axis === token.axis || pinned.others || isPooled) return null;
  const [query, key] = pinned.axis === "query" ? [pinned, token] : [token, pinned];
  return { query: rowAt(rows.query, query.position), key: rowAt(rows.key, key.position) };
}

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
  note.attr("aria-atomic", "true");

  return {
    /**
     * @param {Phrase[]} phrases empty for no cell
     * @param {boolean} isSpoken whether a screen reader says them
     */
    show(phrases, isSpoken) {
      note.attr("aria-live", isSpoken ? "polite" : "off");
      note
        .selectAll("span")
        .data(phrases)
        .join("span")
        .attr("class", ({ name }) => `bertviz-${name}`)
        .text(({ text }) => text);
    },
  };
}
