// The numbers of one query: for each key the terms of its score and its weight, or the reason why the
// key is masked. An attention sink has its own row.

import { scoreTerms, sinkWeight, weightsOf } from "../core/formula/attention.js";
import { maskReasonText, termColumns } from "../core/formula/formula_description.js";
import { maskReason } from "../core/formula/mask.js";
import { visiblePositions } from "../core/geometry/column_layout.js";
import { positionsOf } from "../core/state/attention_part.js";
import { decimalsFor, fixedNumber, weightText } from "../core/text/number_format.js";
import { appendGroup } from "../drawing/element.js";
import { textWidth } from "./text_width.js";

/** @typedef {import("./computation_content.js").ComputationData} ComputationData */
/** @typedef {import("../core/geometry/computation_layout.js").ComputationLayout} ComputationLayout */
/** @typedef {import("../core/data/wire.js").LayerAttention} LayerAttention */

/**
 * A text of a row.
 * @typedef {object} Entry
 * @property {number | null} x pixels; null if the column is not shown
 * @property {number} y middle of the row, in pixels
 * @property {string} text
 */

/** @typedef {keyof typeof COLUMNS} ColumnName */
/** @typedef {Record<ColumnName, Entry[]>} Entries */

const FONT_SIZE = 12;
/** Text of a weight that is exactly 0 because its key is masked. */
const NO_WEIGHT = "0";
/** Text in place of the numbers of a masked key where there is no width for the reason. */
const MASKED = "masked";
/** Decimal places of the other weights, as text. */
const DECIMAL_PLACES = ".000";
/** Space before the name of the sink, as before a token, in pixels. */
const SINK_PADDING = 8;

/** CSS classes and anchor of each column. */
const COLUMNS = {
  terms: { name: "bertviz-terms", anchor: "end" },
  weights: { name: "bertviz-weights bertviz-numbers", anchor: "end" },
  reasons: { name: "bertviz-reasons", anchor: "start" },
  sinkScore: { name: "bertviz-terms bertviz-sink-score", anchor: "end" },
  sinkWeight: { name: "bertviz-weights bertviz-sink-weight", anchor: "end" },
  sinkName: { name: "bertviz-sink-name", anchor: "start" },
};
const COLUMN_NAMES = /** @type {ColumnName[]} */ (Object.keys(COLUMNS));

/**
 * Return the width of the longest text that can replace a key's numbers, in pixels.
 * @param {Element} host an element with the texts' font family
 * @param {LayerAttention} layer
 * @returns {number}
 */
export function reasonWidth(host, layer) {
  if (!layer.reach && !layer.allowed) return 0;
  const texts = [];
  if (layer.reach) texts.push(maskReasonText(layer, "later"));
  if (layer.reach?.before != null) texts.push(maskReasonText(layer, "outside"));
  if (layer.allowed) texts.push(maskReasonText(layer, "mask"));
  return textWidth(host, texts, FONT_SIZE);
}

/**
 * Create an empty table.
 * @param {SVGElement} svg
 */
export function createScoreTable(svg) {
  const groups = COLUMN_NAMES.map((name) => appendGroup(svg, COLUMNS[name].name));

  /** @param {Entries} entries */
  function write(entries) {
    COLUMN_NAMES.forEach((name, index) => {
      writeColumn(groups[index], entries[name], COLUMNS[name].anchor);
    });
  }

  return {
    clear: () => write(noEntries()),
    /**
     * Write the visible rows.
     * @param {import("../drawing/viewport.js").Range} viewport
     * @param {ComputationData} data
     * @param {ComputationLayout} layout
     * @param {number} query
     */
    show(viewport, data, layout, query) {
      write(entriesOf(svg, viewport, data, layout, query));
    },
  };
}

/** @returns {Entries} */
function noEntries() {
  return { terms: [], weights: [], reasons: [], sinkScore: [], sinkWeight: [], sinkName: [] };
}

/**
 * Return the entries of the visible rows.
 * @param {Element} host an element with the texts' font family
 * @param {import("../drawing/viewport.js").Range} viewport
 * @param {ComputationData} data
 * @param {ComputationLayout} layout
 * @param {number} query
 * @returns {Entries}
 */
function entriesOf(host, viewport, { layer, head, attentionPart }, layout, query) {
  const allTerms = scoreTerms(layer, head, query);
  const terms = termColumns(layer).map(({ term }) => allTerms[term] ?? allTerms.products);
  const isMasked = (/** @type {number} */ key) => maskReason(layer, head, query, key) !== null;
  const keys = positionsOf(attentionPart.keys).filter((key) => !isMasked(key));
  const sinkScore = layer.sink?.[head];
  const numbers = terms.flatMap((column) => keys.map((key) => column[key]));
  const decimals = decimalsFor(sinkScore === undefined ? numbers : [...numbers, sinkScore]);
  const weights = weightsOf(layer, head, { axis: "query", position: query });
  const xNoWeight = layout.weight && layout.weight - textWidth(host, [DECIMAL_PLACES], FONT_SIZE);
  const entries = noEntries();
  for (const key of visiblePositions(layout.keys, viewport)) {
    const y = layout.keys.yOfToken(key);
    const reason = maskReason(layer, head, query, key);
    if (reason !== null) {
      const text = layout.isStep ? MASKED : maskReasonText(layer, reason);
      entries.reasons.push({ x: layout.reasons, y, text });
      // The digit is below the integer digits of the other weights.
      entries.weights.push({ x: xNoWeight, y, text: NO_WEIGHT });
      continue;
    }
    terms.forEach((column, index) => {
      entries.terms.push({ x: layout.terms[index], y, text: fixedNumber(column[key], decimals) });
    });
    entries.weights.push({ x: layout.weight, y, text: weightText(weights[key]) });
  }
  if (sinkScore === undefined) return entries;
  return {
    ...entries,
    ...sinkEntries(layout, sinkScore, decimals, sinkWeight(layer, head, query)),
  };
}

/**
 * Return the entries of the sink's row.
 * @param {ComputationLayout} layout
 * @param {number} score
 * @param {number} decimals of the score
 * @param {number} weight
 * @returns {Pick<Entries, "sinkScore" | "sinkWeight" | "sinkName">}
 */
function sinkEntries(layout, score, decimals, weight) {
  const y = layout.ySink;
  const x = layout.terms[layout.terms.length - 1];
  return {
    sinkScore: [{ x, y, text: fixedNumber(score, decimals) }],
    sinkWeight: [{ x: layout.weight, y, text: weightText(weight) }],
    sinkName: [{ x: layout.tokens && layout.tokens + SINK_PADDING, y, text: "sink" }],
  };
}

/**
 * @param {import("../drawing/element.js").Group} group
 * @param {Entry[]} entries
 * @param {string} anchor
 */
function writeColumn(group, entries, anchor) {
  group
    .selectAll("text")
    .data(entries.filter(({ x }) => x !== null))
    .join("text")
    .attr("x", ({ x }) => x)
    .attr("y", ({ y }) => y)
    .attr("dy", "0.35em")
    .attr("text-anchor", anchor)
    .classed("bertviz-zero", ({ text }) => text === NO_WEIGHT)
    .text(({ text }) => text);
}
