// Finds the most peaked rows of the heads that a view shows, or the rows that differ most from those of another
// run, and counts what a filter hides of their lines, while the page is idle.

import { meanWeightsOf } from "../core/formula/attention.js";
import { unfilteredWeights } from "../core/formula/filtered_weights.js";
import { addHiddenLines, NO_LINES } from "../core/formula/hidden_lines.js";
import { peakedRows } from "../core/formula/peaked_rows.js";
import { MIN_OPACITY } from "../core/geometry/head_lines.js";
import { magnitudes, meanWeights } from "../core/state/highlighted_row.js";
import { labelOf } from "../core/text/label.js";
import { changeText, weightText } from "../core/text/number_format.js";
import { startTimeSlices } from "../marks/time_slices.js";

/** @typedef {import("../core/data/wire.js").LayerAttention} LayerAttention */
/** @typedef {import("../core/formula/filtered_weights.js").ComponentFilter} ComponentFilter */
/** @typedef {import("../core/formula/hidden_lines.js").HiddenLines} HiddenLines */
/** @typedef {import("../core/formula/peaked_rows.js").PeakedRow} PeakedRow */
/** @typedef {import("../core/geometry/head_lines.js").HeadLines} HeadLines */
/** @typedef {import("../marks/weight_table.js").WeightTable} WeightTable */
/** @typedef {import("./view_content.js").ViewContent} ViewContent */

/** @typedef {Pick<HeadLines, "layer" | "heads" | "weightsOfToken">} FilteredHeads weights of some heads */

/**
 * A figure whose weights a filter hides.
 * @typedef {object} FilteredFigure
 * @property {() => FilteredHeads[]} headLines
 * @property {() => void} redrawHighlight called when all rows of the filter are known
 */

/**
 * The rows of a figure that are searched.
 * @typedef {object} SearchedRows
 * @property {(position: number) => Float32Array} weightsOf returns the weights of a query, or the magnitudes of
 *   its changes, `[key]`
 * @property {() => HiddenLines | null} hidden returns what a filter hides of the rows; null for differences,
 *   which have two filters
 * @property {string} title of the table
 * @property {string} number heading of the numbers
 * @property {(row: PeakedRow) => string} textOf returns the number of a row
 */

/** What the table says about weights. */
const WEIGHTS = {
  title: "Most peaked rows",
  number: "Weight",
  textOf: (/** @type {PeakedRow} */ { weight }) => weightText(weight),
};

/** Number of rows in the table. */
const MAX_LISTED = 10;
/** Weights to compare, at most: one head of 4,096 tokens, which takes a second. */
const MAX_WEIGHTS = 2 ** 24;
/** Milliseconds of work between two pauses: the rest of a frame draws what the reader points at. */
const SLICE = 6;

/** The most peaked rows of the visible heads, and what a filter hides of their lines. */
export class HeadInspection {
  #onTable;
  #onHidden;
  #number = 0;

  /**
   * @param {object} actions
   * @param {(table: WeightTable | null) => void} actions.onTable receives null while the rows are unknown
   * @param {(hidden: HiddenLines | null) => void} actions.onHidden receives null while it is unknown
   */
  constructor({ onTable, onHidden }) {
    this.#onTable = onTable;
    this.#onHidden = onHidden;
  }

  /**
   * Inspect heads. A later call replaces this one.
   * @param {ViewContent} content
   * @param {LayerAttention} layer
   * @param {number[]} heads
   * @param {FilteredFigure | null} figure whose lines the filter hides; null if it hides nothing
   * @param {boolean} [isDifference] whether the lines of the figure are differences from another run
   */
  async show({ axes, attentionPart, filter }, layer, heads, figure, isDifference = false) {
    const number = this.#restart();
    const { queries, keys } = attentionPart;
    const isFiltered = filter !== null && figure !== null;
    const numWeights = (queries[1] - queries[0]) * (keys[1] - keys[0]) * heads.length;
    // With a filter, the search also makes all rows known to the lines of keys.
    if (numWeights === 0 || (numWeights > MAX_WEIGHTS && !isFiltered)) return;
    const rows = isDifference
      ? changedRows(figure?.headLines() ?? [])
      : isFiltered
        ? filteredRows(figure.headLines(), filter, attentionPart)
        : plainRows(layer, heads);
    const search = peakedRows(rows.weightsOf, attentionPart, MAX_LISTED);
    const pause = startTimeSlices(SLICE);
    for (let step = search.next(); number === this.#number; step = search.next()) {
      if (step.done) {
        const tokens = [axes.query.tokens, axes.key.tokens];
        this.#onTable(tableOf(step.value, rows, heads, tokens));
        if (!isFiltered) return;
        this.#onHidden(rows.hidden());
        figure.redrawHighlight();
        return;
      }
      await pause();
    }
  }

  /** Stop the search, and show no rows. */
  stop() {
    this.#restart();
  }

  /** @returns {number} of the search that begins */
  #restart() {
    this.#onTable(null);
    this.#onHidden(null);
    return ++this.#number;
  }
}

/**
 * Return the rows of heads without a filter.
 * @param {LayerAttention} layer
 * @param {number[]} heads
 * @returns {SearchedRows}
 */
function plainRows(layer, heads) {
  return {
    weightsOf: (/** @type {number} */ position) =>
      meanWeightsOf(layer, heads, { axis: "query", position }),
    hidden: () => NO_LINES,
    ...WEIGHTS,
  };
}

/**
 * Return the differences of heads from another run, without their signs.
 * @param {FilteredHeads[]} drawn the differences of each head
 * @returns {SearchedRows}
 */
function changedRows(drawn) {
  const changesOf = (/** @type {number} */ position) =>
    meanWeights(drawn.map((lines) => lines.weightsOfToken({ axis: "query", position })));
  return {
    weightsOf: (/** @type {number} */ position) => magnitudes(changesOf(position)),
    hidden: () => null,
    title: "Rows that change most",
    number: "Change",
    textOf: ({ query, key }) => changeText(changesOf(query)[key]),
  };
}

/**
 * Return the rows of filtered lines, and count what the filter hides of each row that is requested.
 * @param {FilteredHeads[]} drawn
 * @param {ComponentFilter} filter
 * @param {ViewContent["attentionPart"]} attentionPart
 * @returns {SearchedRows}
 */
function filteredRows(drawn, filter, { keys }) {
  let hidden = NO_LINES;
  const allOf = drawn.map(({ layer, heads }) => unfilteredWeights(layer, heads, filter));
  return {
    weightsOf(/** @type {number} */ position) {
      const token = /** @type {const} */ ({ axis: "query", position });
      const shown = drawn.map((lines) => lines.weightsOfToken(token));
      for (const [at, weightsOf] of allOf.entries()) {
        const all = weightsOf(token).subarray(...keys);
        hidden = addHiddenLines(hidden, all, shown[at].subarray(...keys), MIN_OPACITY);
      }
      return meanWeights(shown);
    },
    hidden: () => hidden,
    ...WEIGHTS,
  };
}

/**
 * @param {PeakedRow[]} found
 * @param {SearchedRows} searched
 * @param {number[]} heads
 * @param {import("../core/data/wire.js").Token[][]} tokens the queries and the keys
 * @returns {WeightTable}
 */
function tableOf(found, { title, number, textOf }, heads, [queryTokens, keyTokens]) {
  return {
    title: heads.length > 1 ? title : `${title} of head ${heads[0]}`,
    note:
      heads.length > 1 ? `The ${number.toLowerCase()}s are the mean of ${heads.length} heads.` : "",
    columns: ["Query", "Position", "Key", number],
    rows: found.map((row) => ({
      label: labelOf(queryTokens[row.query]),
      numbers: [String(row.query), labelOf(keyTokens[row.key]), textOf(row)],
      target: { axis: "query", position: row.query },
    })),
  };
}
