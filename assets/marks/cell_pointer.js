// The cell of a vector that the reader points at: its number in words, and its dimension marked in
// queries, keys and products, with the one that turns together with it.

import { maskReason } from "../core/formula/mask.js";
import { cellNote, partnerOf, rotationNote } from "../core/formula/rotation.js";
import { keyVector, queryVector } from "../core/formula/vectors.js";
import { cellAt, HEADER_HEIGHT } from "../core/geometry/computation_layout.js";
import { labelOf } from "../core/text/label.js";
import { appendGroup } from "../drawing/element.js";

/** @typedef {import("./computation.js").ComputationData} ComputationData */
/** @typedef {import("../core/geometry/computation_layout.js").ComputationLayout} ComputationLayout */
/** @typedef {NonNullable<ReturnType<typeof cellAt>>} Cell */

const HINT = "Point at a cell of a vector for its number.";

/**
 * @param {import("../drawing/figure.js").Figure} figure
 * @param {(text: string) => void} say
 */
export function createCellPointer({ svg, root, viewport }, say) {
  const marks = appendGroup(root, "bertviz-pair");
  /** @type {{data: ComputationData, layout: ComputationLayout} | null} */
  let shown = null;
  /** @type {number | null} */
  let query = null;
  /** @type {Cell | null} */
  let pointed = null;

  svg.addEventListener("pointermove", (event) => {
    if (!shown) return;
    const { data, layout } = shown;
    const { left, top } = svg.getBoundingClientRect();
    const place = { x: event.clientX - left, y: event.clientY - top + viewport()[0] };
    point(cellAt(layout, data.attentionPart, data.layer.head_dim, place));
  });
  svg.addEventListener("pointerleave", () => point(null));

  /** @param {Cell | null} cell */
  function point(cell) {
    pointed = cell;
    show();
  }

  function show() {
    if (!shown) return;
    const { data, layout } = shown;
    const { head_dim, rotation } = data.layer;
    const note = pointed && noteOf(data, query, pointed);
    const turning = rotation ? `${rotationNote(rotation, head_dim)} ` : "";
    say(note ?? turning + HINT);
    const dims = pointed && note ? [pointed.dim, partnerOf(rotation, pointed.dim)] : [];
    const cell = layout.bandWidth / head_dim;
    marks
      .selectAll("rect")
      .data(
        dims
          .filter((dim) => dim !== null)
          .flatMap((dim) => bandsOf(layout).map(({ x, end }) => ({ x: x + dim * cell, end }))),
      )
      .join("rect")
      .attr("x", ({ x }) => x - 1)
      .attr("y", HEADER_HEIGHT)
      .attr("width", cell + 2)
      .attr("height", ({ end }) => end - HEADER_HEIGHT);
  }

  /**
   * The columns of bands on view, each from its left edge to the end of its last row.
   * @param {ComputationLayout} layout
   */
  function bandsOf({ q, k, product, queriesEnd, keysEnd }) {
    const bands = [
      { x: q, end: queriesEnd },
      { x: k, end: keysEnd },
    ];
    return query === null ? bands : [...bands, { x: product, end: keysEnd }];
  }

  return {
    /**
     * @param {ComputationData} data
     * @param {ComputationLayout} layout
     */
    draw(data, layout) {
      shown = { data, layout };
      point(null);
    },
    /** @param {number | null} lit whose products are on view */
    setQuery(lit) {
      query = lit;
      show();
    },
  };
}

/**
 * @param {ComputationData} data
 * @param {number | null} query
 * @param {Cell} cell
 * @returns {string | null} null where no number is on view
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
