// The vector cell that the reader points at: its number as a note, and a frame around its dimension in
// queries, keys and products. A second frame marks the dimension that rotates together with it.

import { maskReason } from "../core/formula/mask.js";
import { cellNote, partnerOf, rotationNote } from "../core/formula/rotation.js";
import { keyVector, queryVector } from "../core/formula/vectors.js";
import { cellAt, HEADER_HEIGHT } from "../core/geometry/computation_layout.js";
import { labelOf } from "../core/text/label.js";
import { appendGroup } from "../drawing/element.js";

/** @typedef {import("./computation_content.js").ComputationData} ComputationData */
/** @typedef {import("./computation_content.js").ComputationContent} ComputationContent */
/** @typedef {import("../core/geometry/computation_layout.js").ComputationLayout} ComputationLayout */
/** @typedef {NonNullable<ReturnType<typeof cellAt>>} Cell */
/** @typedef {{x: number, width: number, end: number}} Frame left edge, width, lower edge, in pixels */

const HINT = "Hover over a cell, or tap it, to see its value.";

/**
 * Follow the pointer over a figure.
 * @param {import("../drawing/figure.js").Figure} figure
 * @param {(text: string) => void} setNote
 */
export function createCellPointer(figure, setNote) {
  const group = appendGroup(figure.root, "bertviz-cell-frames");
  /** @type {{content: ComputationContent | null, query: number | null, cell: Cell | null}} */
  const state = { content: null, query: null, cell: null };

  function show() {
    const { content, query, cell } = state;
    if (!content) return;
    const note = cell && noteOf(content.data, query, cell);
    setNote(note ?? hintOf(content.data));
    drawFrames(group, cell && note ? framesOf(content, query, cell.dim) : []);
  }

  /** @param {PointerEvent} event */
  function pointAt(event) {
    if (!state.content) return;
    const { data, layout } = state.content;
    const { left, top } = figure.svg.getBoundingClientRect();
    const point = { x: event.clientX - left, y: event.clientY - top + figure.viewport()[0] };
    state.cell = cellAt(layout, data.attentionPart, data.layer.head_dim, point);
    show();
  }

  figure.svg.addEventListener("pointermove", pointAt);
  // A finger that taps does not move.
  figure.svg.addEventListener("pointerdown", pointAt);
  figure.svg.addEventListener("pointerleave", ({ pointerType }) => {
    // A finger leaves when it is lifted: the note stays until the reader touches elsewhere.
    if (pointerType === "touch") return;
    state.cell = null;
    show();
  });

  return {
    /** @param {ComputationContent} content */
    draw(content) {
      state.content = content;
      state.cell = null;
      show();
    },
    /** @param {number | null} query the query whose products are visible */
    setQuery(query) {
      state.query = query;
      show();
    },
  };
}

/**
 * Return the note for no cell.
 * @param {ComputationData} data
 * @returns {string}
 */
function hintOf({ layer: { rotation, head_dim } }) {
  return rotation ? `${rotationNote(rotation, head_dim)} ${HINT}` : HINT;
}

/**
 * Return the note for a cell; null if the cell shows no number.
 * @param {ComputationData} data
 * @param {number | null} query
 * @param {Cell} cell
 * @returns {string | null}
 */
function noteOf({ layer, head, queryTokens, keyTokens }, query, { vector, position, dim }) {
  const partner = partnerOf(layer.rotation, dim);
  const note = (/** @type {string} */ name, /** @type {ArrayLike<number>} */ numbers) =>
    cellNote({ name, dim, partner, numbers, hasRotation: layer.rotation !== null });
  if (vector === "q") {
    return note(`q of ${labelOf(queryTokens[position])}`, queryVector(layer, head, position));
  }
  const key = keyVector(layer, head, position);
  const keyName = labelOf(keyTokens[position]);
  if (vector === "k") return note(`k of ${keyName}`, key);
  if (query === null || maskReason(layer, head, query, position) !== null) return null;
  const products = queryVector(layer, head, query).map((number, at) => number * key[at]);
  return note(`q × k of ${labelOf(queryTokens[query])} and ${keyName}`, products);
}

/**
 * Return the frames of a dimension and of its partner, over each column of vectors.
 * @param {ComputationContent} content
 * @param {number | null} query
 * @param {number} dim
 * @returns {Frame[]}
 */
function framesOf({ data: { layer }, layout }, query, dim) {
  const width = layout.bandWidth / layer.head_dim;
  const partner = partnerOf(layer.rotation, dim);
  const dims = partner === null ? [dim] : [dim, partner];
  return dims.flatMap((each) =>
    vectorColumns(layout, query).map(({ x, end }) => ({ x: x + each * width, width, end })),
  );
}

/**
 * Return the left edge and the lower end of each visible column of vectors.
 * @param {ComputationLayout} layout
 * @param {number | null} query
 */
function vectorColumns({ q, k, product, queriesEnd, keysEnd }, query) {
  const columns = [
    { x: q, end: queriesEnd },
    { x: k, end: keysEnd },
    { x: query === null ? null : product, end: keysEnd },
  ];
  return columns.flatMap(({ x, end }) => (x === null ? [] : [{ x, end }]));
}

/**
 * @param {import("../drawing/element.js").Group} group
 * @param {Frame[]} frames
 */
function drawFrames(group, frames) {
  group
    .selectAll("rect")
    .data(frames)
    .join("rect")
    .attr("x", ({ x }) => x - 1)
    .attr("y", HEADER_HEIGHT)
    .attr("width", ({ width }) => width + 2)
    .attr("height", ({ end }) => end - HEADER_HEIGHT);
}
