// The numbers of one query: for each key what its score is made of, and its weight; words where a
// key may not be seen; the sink in a row of its own.

import { scoreTerms, sinkWeight, weightsOf } from "../core/formula/attention.js";
import { maskReasonText, termColumns } from "../core/formula/formula_description.js";
import { maskReason } from "../core/formula/mask.js";
import { visiblePositions } from "../core/geometry/column_layout.js";
import { decimalsFor, fixedNumber } from "../core/text/number_format.js";
import { appendGroup } from "../drawing/element.js";
import { textWidth } from "./token_column.js";

/** @typedef {import("./computation.js").ComputationData} ComputationData */
/** @typedef {import("../core/geometry/computation_layout.js").ComputationLayout} ComputationLayout */
/** @typedef {import("../core/data/wire.js").LayerAttention} LayerAttention */

/** @typedef {{x: number, y: number, text: string}} Entry */

const FONT_SIZE = 12;
const WEIGHT_DECIMALS = 3;
/** Zero, and not only small. */
const NO_WEIGHT = "0";
/** Pixels before the word in the sink's row, as before a token. */
const SINK_PADDING = 8;

/** @type {Record<"terms" | "weights" | "reasons" | "sinkScore" | "sinkShare" | "sinkName", Entry[]>} */
const NOTHING = {
  terms: [],
  weights: [],
  reasons: [],
  sinkScore: [],
  sinkShare: [],
  sinkName: [],
};

/**
 * Pixels that the longest words need which can stand in the place of numbers.
 * @param {Element} host whose font the words have
 * @param {LayerAttention} layer
 * @returns {number}
 */
export function wordsWidth(host, layer) {
  if (!layer.reach && !layer.allowed) return 0;
  const words = [];
  if (layer.reach) words.push(maskReasonText(layer, "later"));
  if (layer.reach?.before != null) words.push(maskReasonText(layer, "outside"));
  if (layer.allowed) words.push(maskReasonText(layer, "mask"));
  return textWidth(host, words, FONT_SIZE);
}

/** @param {SVGElement} svg */
export function createScoreTable(svg) {
  const terms = appendGroup(svg, "bertviz-terms");
  const numbers = appendGroup(svg, "bertviz-weights bertviz-numbers");
  const reasons = appendGroup(svg, "bertviz-reasons");
  const sinkScore = appendGroup(svg, "bertviz-terms bertviz-sink-score");
  const sinkShare = appendGroup(svg, "bertviz-weights bertviz-sink-share");
  const sinkName = appendGroup(svg, "bertviz-sink-name");

  /** @param {Record<keyof typeof NOTHING, Entry[]>} entries */
  function write(entries) {
    writeTexts(terms, entries.terms, "end");
    writeTexts(numbers, entries.weights, "end");
    writeTexts(reasons, entries.reasons, "start");
    writeTexts(sinkScore, entries.sinkScore, "end");
    writeTexts(sinkShare, entries.sinkShare, "end");
    writeTexts(sinkName, entries.sinkName, "start");
  }

  return {
    clear: () => write(NOTHING),
    /**
     * Write the rows in sight.
     * @param {[number, number]} viewport
     * @param {ComputationData} data
     * @param {ComputationLayout} layout
     * @param {number} query
     */
    show(viewport, data, layout, query) {
      write(entriesOf(svg, viewport, data, layout, query));
    },
  };
}

/**
 * @param {Element} host
 * @param {[number, number]} viewport
 * @param {ComputationData} data
 * @param {ComputationLayout} layout
 * @param {number} query
 */
function entriesOf(host, viewport, { layer, head, attentionPart }, layout, query) {
  const of = scoreTerms(layer, head, query);
  const columns = termColumns(layer).map(({ term }) => of[term] ?? of.products);
  const seen = range(attentionPart.keys).filter(
    (key) => maskReason(layer, head, query, key) === null,
  );
  const sizes = columns.flatMap((column) => seen.map((key) => column[key]));
  const sinkScore = layer.sink?.[head];
  const decimals = decimalsFor(sinkScore === undefined ? sizes : [...sizes, sinkScore]);
  const weights = weightsOf(layer, head, { axis: "query", position: query });
  // The digit of a weight that is zero stands where the others have theirs.
  const fraction = textWidth(host, [`.${"0".repeat(WEIGHT_DECIMALS)}`], FONT_SIZE);
  const result = structuredClone(NOTHING);
  for (const key of visiblePositions(layout.keys, viewport)) {
    const y = layout.keys.yOfToken(key);
    const hidden = maskReason(layer, head, query, key);
    if (hidden !== null) {
      result.reasons.push({ x: layout.reasons, y, text: maskReasonText(layer, hidden) });
      result.weights.push({ x: layout.weight - fraction, y, text: NO_WEIGHT });
      continue;
    }
    columns.forEach((column, index) => {
      result.terms.push({ x: layout.terms[index], y, text: fixedNumber(column[key], decimals) });
    });
    const text = fixedNumber(weights[key], WEIGHT_DECIMALS);
    result.weights.push({ x: layout.weight, y, text });
  }
  if (sinkScore !== undefined) {
    const [x, y] = [layout.terms[columns.length - 1], layout.ySink];
    const share = fixedNumber(sinkWeight(layer, head, query), WEIGHT_DECIMALS);
    result.sinkScore.push({ x, y, text: fixedNumber(sinkScore, decimals) });
    result.sinkShare.push({ x: layout.weight, y, text: share });
    result.sinkName.push({ x: layout.tokens + SINK_PADDING, y, text: "sink" });
  }
  return result;
}

/**
 * @param {[number, number]} span
 * @returns {number[]}
 */
function range([begin, end]) {
  return Array.from({ length: end - begin }, (_, index) => begin + index);
}

/**
 * @param {import("../drawing/element.js").Group} group
 * @param {Entry[]} entries
 * @param {"start" | "end"} anchor
 */
function writeTexts(group, entries, anchor) {
  group
    .selectAll("text")
    .data(entries)
    .join("text")
    .attr("x", ({ x }) => x)
    .attr("y", ({ y }) => y)
    .attr("dy", "0.35em")
    .attr("text-anchor", anchor)
    .classed("bertviz-zero", ({ text }) => text === NO_WEIGHT)
    .text(({ text }) => text);
}
