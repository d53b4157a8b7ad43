// What a reader has chosen in the views as a part of a link's query string, and back.

import { NOTHING_CHOSEN } from "./selection.js";

/** @typedef {import("./selection.js").Selection} Selection */

/**
 * How each choice is written; empty where it is as it is at first.
 * @param {Selection} selection
 * @returns {Record<string, string>} by name
 */
export function linkParameters(selection) {
  const {
    attentionPart,
    layer,
    head,
    heads,
    gridLayers,
    gridHeads,
    cell,
    expanded,
    pinned,
    palette,
  } = selection;
  return {
    block: attentionPart ?? "",
    layer: layer ? String(layer) : "",
    head: head ? String(head) : "",
    heads: heads?.join(",") ?? "",
    grid_layers: gridLayers?.join(",") ?? "",
    grid_heads: gridHeads?.join(",") ?? "",
    cell: cell ? `${cell.layer},${cell.head}` : "",
    expanded: expanded ? "1" : "",
    pinned: pinned ? `${pinned.axis},${pinned.position}` : "",
    palette: palette === NOTHING_CHOSEN.palette ? "" : palette,
  };
}

/**
 * The choices that a link names; what it says wrongly counts as not said.
 * @param {URLSearchParams} query anyone's
 * @param {Selection} selection what is chosen without it
 * @returns {Selection}
 */
export function selectionFromLink(query, selection) {
  const [layer, head] = [numbers(query.get("layer")), numbers(query.get("head"))];
  const cell = numbers(query.get("cell"));
  const [, axis, position] = query.get("pinned")?.match(/^(query|key),(\d{1,6})$/) ?? [];
  const palette = query.get("palette");
  return {
    ...selection,
    attentionPart: query.get("block") || selection.attentionPart,
    layer: layer?.[0] ?? selection.layer,
    head: head?.[0] ?? selection.head,
    heads: numberSet(query.get("heads")) ?? selection.heads,
    gridLayers: numberSet(query.get("grid_layers")) ?? selection.gridLayers,
    gridHeads: numberSet(query.get("grid_heads")) ?? selection.gridHeads,
    cell: cell?.length === 2 ? { layer: cell[0], head: cell[1] } : selection.cell,
    expanded: query.get("expanded") === "1" || selection.expanded,
    pinned: axis
      ? { axis: /** @type {"query" | "key"} */ (axis), position: Number(position) }
      : selection.pinned,
    palette: palette === "okabe-ito" ? palette : selection.palette,
  };
}

/**
 * @param {string | null} text such as "0,3"
 * @returns {number[] | null} as they are written, null for anything else
 */
function numbers(text) {
  if (!text || !/^\d{1,4}(,\d{1,4})*$/.test(text)) return null;
  return text.split(",").map(Number);
}

/**
 * @param {string | null} text such as "3,0,3"
 * @returns {number[] | null} in order, each once; null for anything else
 */
function numberSet(text) {
  const listed = numbers(text);
  return listed && [...new Set(listed)].sort((a, b) => a - b);
}
