// How much each row on the other side has to do with the one that is lit: coloured boxes behind it,
// one a head beside each other, as opaque as the weight; and beside it the number.

import { visibleRows } from "../core/geometry/column_layout.js";
import { appendGroup } from "../drawing/element.js";

/** @typedef {import("../core/geometry/bipartite_layout.js").BipartiteLayout} BipartiteLayout */

/**
 * @typedef {object} RowWeights
 * @property {BipartiteLayout} layout
 * @property {"query" | "key"} axis of the lit row
 * @property {{weights: Float32Array, color: string}[]} heads the weights of each, `[other row]`
 * @property {Float32Array} means over the heads
 */

/** @param {SVGElement} root */
export function createRowWeights(root) {
  const boxes = appendGroup(root, "bertviz-boxes");
  const numbers = appendGroup(root, "bertviz-numbers");
  /** @type {RowWeights | null} */
  let shown = null;

  return {
    /** @param {RowWeights | null} lit `look` draws it */
    set(lit) {
      shown = lit;
    },
    /** @param {import("../drawing/viewport.js").Range} viewport */
    look(viewport) {
      const rows = shown ? rowsOn(shown, viewport) : [];
      boxes
        .selectAll("rect")
        .data(shown ? boxesOf(shown, rows) : [])
        .join("rect")
        .attr("x", (box) => box.x)
        .attr("y", (box) => box.y)
        .attr("width", (box) => box.width)
        .attr("height", (box) => box.height)
        .attr("fill", (box) => box.color)
        .attr("fill-opacity", (box) => box.opacity);
      numbers
        .selectAll("text")
        .data(shown ? numbersOf(shown, rows) : [])
        .join("text")
        .attr("x", (number) => number.x)
        .attr("text-anchor", (number) => number.anchor)
        .attr("y", (number) => number.y)
        .attr("dy", "0.35em")
        .text((number) => number.text);
    },
  };
}

/** @param {RowWeights} shown */
function sideOf({ axis, layout }) {
  return axis === "query"
    ? { column: layout.keys, left: layout.x2, width: layout.keyWidth }
    : { column: layout.queries, left: layout.xQuery, width: layout.queryWidth };
}

/**
 * @param {RowWeights} shown
 * @param {import("../drawing/viewport.js").Range} viewport
 * @returns {number[]} the rows on the other side that are in sight
 */
function rowsOn(shown, viewport) {
  const [first, last] = visibleRows(sideOf(shown).column, viewport);
  return Array.from({ length: last - first }, (_, at) => first + at);
}

/**
 * @param {RowWeights} shown
 * @param {number[]} rows
 */
function boxesOf(shown, rows) {
  const { column, left, width: whole } = sideOf(shown);
  const width = whole / shown.heads.length;
  return shown.heads.flatMap(({ weights, color }, index) =>
    rows.map((row) => {
      const height = column.rowHeight(row);
      const y = column.yOfRow(row) - height / 2;
      return { x: left + index * width, y, width, height, color, opacity: weights[row] };
    }),
  );
}

/**
 * @param {RowWeights} shown
 * @param {number[]} rows
 */
function numbersOf(shown, rows) {
  const { column } = sideOf(shown);
  const [x, anchor] = shown.axis === "query" ? [shown.layout.width - 2, "end"] : [2, "start"];
  return rows.map((row) => ({
    x,
    anchor,
    y: column.yOfRow(row),
    text: shown.means[row].toFixed(3),
  }));
}
