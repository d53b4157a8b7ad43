// Finds the most peaked rows of the heads that a view shows, for the inspector, while the page is idle.

import { peakedRows } from "../core/formula/peaked_rows.js";
import { labelOf } from "../core/text/label.js";
import { weightText } from "../core/text/number_format.js";
import { startTimeSlices } from "../marks/time_slices.js";

/** @typedef {import("../core/data/wire.js").LayerAttention} LayerAttention */
/** @typedef {import("../core/formula/peaked_rows.js").PeakedRow} PeakedRow */
/** @typedef {import("../marks/weight_table.js").WeightTable} WeightTable */
/** @typedef {import("./draw_schedule.js").ViewContent} ViewContent */

/** Number of rows in the table. */
const MAX_LISTED = 10;
/** Weights to compare, at most: one head of 4,096 tokens, which takes a second. */
const MAX_WEIGHTS = 2 ** 24;
/** Milliseconds of work between two pauses: the rest of a frame draws what the reader points at. */
const SLICE = 6;

/** The most peaked rows of the visible heads. */
export class HeadInspection {
  #onTable;
  #number = 0;

  /** @param {(table: WeightTable | null) => void} onTable receives null while the rows are unknown */
  constructor(onTable) {
    this.#onTable = onTable;
  }

  /**
   * Find the rows of heads. A later call replaces this one.
   * @param {ViewContent} content
   * @param {LayerAttention} layer
   * @param {number[]} heads
   */
  async show({ trace, attentionPart }, layer, heads) {
    const number = ++this.#number;
    this.#onTable(null);
    const { queries, keys, component } = attentionPart;
    const numWeights = (queries[1] - queries[0]) * (keys[1] - keys[0]) * heads.length;
    if (numWeights === 0 || numWeights > MAX_WEIGHTS) return;
    const search = peakedRows(layer, heads, attentionPart, MAX_LISTED);
    const pause = startTimeSlices(SLICE);
    for (let step = search.next(); number === this.#number; step = search.next()) {
      if (step.done) {
        const tokens = [trace.queryTokens(component), trace.keyTokens(component)];
        this.#onTable(tableOf(step.value, heads, tokens));
        return;
      }
      await pause();
    }
  }

  /** Stop the search, and show no rows. */
  stop() {
    this.#number++;
    this.#onTable(null);
  }
}

/**
 * @param {PeakedRow[]} rows
 * @param {number[]} heads
 * @param {import("../core/data/wire.js").Token[][]} tokens the queries and the keys
 * @returns {WeightTable}
 */
function tableOf(rows, heads, [queryTokens, keyTokens]) {
  return {
    title: heads.length > 1 ? "Most peaked rows" : `Most peaked rows of head ${heads[0]}`,
    note: heads.length > 1 ? `The weights are the mean of ${heads.length} heads.` : "",
    columns: ["Query", "Position", "Key", "Weight"],
    rows: rows.map(({ query, key, weight }) => ({
      label: labelOf(queryTokens[query]),
      numbers: [String(query), labelOf(keyTokens[key]), weightText(weight)],
      target: { axis: "query", position: query },
    })),
  };
}
