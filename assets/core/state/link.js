// Converts the reader's selection to parameters of a link, and back. The names of the parameters are
// those of saved links, so they must not change.

import { filterText, parseFilter } from "../data/filter.js";
import { positionsOfToken, tokensAt } from "../data/token_position.js";
import { NOTHING_CHOSEN } from "./selection.js";

/** @typedef {import("./selection.js").Selection} Selection */

/** The list of heads if no head is active. A link without a list means all heads. */
const NO_HEADS = "none";

/** @type {import("./selection.js").Comparison[]} */
const COMPARISONS = ["alone", "both", "difference"];

/** The axis of the pinned tokens, and their positions. */
const PINNED = /^(query|key),(\d{1,6}(?:,\d{1,6}){0,63})$/;

/**
 * Return the parameters of a link to a selection.
 * @param {Selection} selection
 * @returns {Record<string, string>} by name; empty strings for what is not chosen
 */
export function linkParameters(selection) {
  const { attentionPart, layer, head, heads, gridLayers, gridHeads } = selection;
  const { mean, cell, expanded, pinned, palette, score, bars, filter, pooling } = selection;
  const { predictions, comparison } = selection;
  return {
    block: attentionPart ?? "",
    layer: layer ? String(layer) : "",
    head: head ? String(head) : "",
    heads: heads ? heads.join(",") || NO_HEADS : "",
    mean: mean ? "1" : "",
    grid_layers: gridLayers?.join(",") ?? "",
    grid_heads: gridHeads?.join(",") ?? "",
    cell: cell ? `${cell.layer},${cell.head}` : "",
    expanded: expanded ? "1" : "",
    pinned: pinned ? `${pinned.axis},${positionsOfToken(pinned)}` : "",
    palette: palette === NOTHING_CHOSEN.palette ? "" : palette,
    score: score ?? "",
    bars: bars ? "1" : "",
    filter: filterText(filter),
    pooling: pooling === NOTHING_CHOSEN.pooling ? "" : pooling,
    predictions: predictions ? "1" : "",
    comparison: comparison ?? "",
  };
}

/**
 * Return a selection with the choices of a link. Invalid parameters are ignored.
 * @param {URLSearchParams} parameters untrusted
 * @param {Selection} selection the choices that the link does not set
 * @returns {Selection}
 */
export function selectionFromLink(parameters, selection) {
  const get = (/** @type {string} */ name) => parameters.get(name);
  const cell = parseNumbers(get("cell"));
  const [, axis, positions] = get("pinned")?.match(PINNED) ?? [];
  const palette = get("palette");
  const [score, filter] = [get("score"), get("filter")];
  return {
    ...selection,
    attentionPart: get("block") || selection.attentionPart,
    layer: parseNumbers(get("layer"))?.[0] ?? selection.layer,
    head: parseNumbers(get("head"))?.[0] ?? selection.head,
    heads: get("heads") === NO_HEADS ? [] : (parseNumberSet(get("heads")) ?? selection.heads),
    mean: get("mean") === "1" || selection.mean,
    gridLayers: parseNumberSet(get("grid_layers")) ?? selection.gridLayers,
    gridHeads: parseNumberSet(get("grid_heads")) ?? selection.gridHeads,
    cell: cell?.length === 2 ? { layer: cell[0], head: cell[1] } : selection.cell,
    expanded: get("expanded") === "1" || selection.expanded,
    pinned: axis
      ? tokensAt(/** @type {"query" | "key"} */ (axis), positions.split(",").map(Number))
      : selection.pinned,
    palette: palette === "okabe-ito" || palette === "distinct" ? palette : selection.palette,
    score: score && /^[a-z]{1,20}$/.test(score) ? score : selection.score,
    bars: get("bars") === "1" || selection.bars,
    filter: (filter && parseFilter(filter)) || selection.filter,
    pooling: get("pooling") === "mean" ? "mean" : selection.pooling,
    predictions: get("predictions") === "1" || selection.predictions,
    comparison: COMPARISONS.find((each) => each === get("comparison")) ?? selection.comparison,
  };
}

/**
 * @param {string | null} text such as "3,0,3"
 * @returns {number[] | null} the numbers in the order of the text; null for any other text
 */
function parseNumbers(text) {
  if (!text || !/^\d{1,4}(,\d{1,4})*$/.test(text)) return null;
  return text.split(",").map(Number);
}

/**
 * @param {string | null} text such as "3,0,3"
 * @returns {number[] | null} the numbers without duplicates, ascending; null for any other text
 */
function parseNumberSet(text) {
  const numbers = parseNumbers(text);
  return numbers && [...new Set(numbers)].sort((a, b) => a - b);
}
