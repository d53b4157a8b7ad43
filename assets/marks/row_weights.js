// The weights of the highlighted row, beside the rows on the other side: behind each row one colored
// box per head, as opaque as the weight, and next to the row the mean weight as a number. Differences of
// weights are shown in the same way, in two colors.

import { visibleRows } from "../core/geometry/column_layout.js";
import { changeText, weightText } from "../core/text/number_format.js";
import { appendGroup, setChangedAttributes } from "../drawing/element.js";

/** @typedef {import("../core/geometry/bipartite_layout.js").BipartiteLayout} BipartiteLayout */

/**
 * @typedef {object} HeadWeights
 * @property {Float32Array} weights of a head, `[other row]`; NaN for none
 * @property {string} color
 * @property {string | null} negative the color of negative differences; null for weights
 */

/**
 * @typedef {object} RowWeights
 * @property {BipartiteLayout} layout
 * @property {"query" | "key"} axis of the highlighted row
 * @property {HeadWeights[]} heads
 * @property {Float32Array} means over the heads, `[other row]`
 * @property {boolean} isDifference whether the weights are differences
 */

/**
 * Create the groups of boxes and numbers, empty.
 * @param {SVGElement} root
 */
export function createRowWeights(root) {
  const boxes = appendGroup(root, "bertviz-boxes");
  const numbers = appendGroup(root, "bertviz-numbers");
  /** @type {RowWeights | null} */
  let current = null;

  return {
    /** @param {RowWeights | null} rowWeights the next `setViewport` draws them */
    set(rowWeights) {
      current = rowWeights;
    },
    /**
     * Draw the boxes and numbers inside the viewport.
     * @param {import("../drawing/viewport.js").Range} viewport
     */
    setViewport(viewport) {
      const rows = current ? rowsInside(current, viewport) : [];
      drawBoxes(boxes, current ? boxesOf(current, rows) : []);
      drawNumbers(numbers, current ? numbersOf(current, rows) : []);
    },
  };
}

/**
 * Return the column on the other side of the highlighted row.
 * @param {RowWeights} rowWeights
 */
function otherSide({ axis, layout }) {
  return axis === "query"
    ? { column: layout.keys, left: layout.x2, width: layout.keyWidth }
    : { column: layout.queries, left: layout.xQuery, width: layout.queryWidth };
}

/**
 * Return the rows on the other side that are inside the viewport.
 * @param {RowWeights} rowWeights
 * @param {import("../drawing/viewport.js").Range} viewport
 * @returns {number[]}
 */
function rowsInside(rowWeights, viewport) {
  const [first, end] = visibleRows(otherSide(rowWeights).column, viewport);
  return Array.from({ length: end - first }, (_, at) => first + at);
}

/**
 * @param {RowWeights} rowWeights
 * @param {number[]} rows
 */
function boxesOf(rowWeights, rows) {
  const { column, left, width: columnWidth } = otherSide(rowWeights);
  const width = columnWidth / rowWeights.heads.length;
  return rowWeights.heads.flatMap(({ weights, color, negative }, index) =>
    rows.map((row) => {
      const height = column.rowHeight(row);
      const y = column.yOfRow(row) - height / 2;
      const box = { x: left + index * width, y, width, height };
      const weight = weights[row] || 0;
      return { ...box, color: weight < 0 ? (negative ?? color) : color, opacity: Math.abs(weight) };
    }),
  );
}

/**
 * @param {import("../drawing/element.js").Group} group
 * @param {ReturnType<typeof boxesOf>} boxes
 */
function drawBoxes(group, boxes) {
  setChangedAttributes(group.selectAll("rect").data(boxes).join("rect"), {
    x: (box) => box.x,
    y: (box) => box.y,
    width: (box) => box.width,
    height: (box) => box.height,
    fill: (box) => box.color,
    "fill-opacity": (box) => box.opacity,
  });
}

/**
 * @param {RowWeights} rowWeights
 * @param {number[]} rows
 */
function numbersOf(rowWeights, rows) {
  const { axis, layout, means, isDifference } = rowWeights;
  const { column } = otherSide(rowWeights);
  const [x, anchor] =
    axis === "query" ? [layout.xKeyNumbers, "end"] : [layout.xQueryNumbers, "start"];
  const textOf = isDifference ? changeText : weightText;
  return rows.map((row) => ({ x, anchor, y: column.yOfRow(row), text: textOf(means[row]) }));
}

/**
 * @param {import("../drawing/element.js").Group} group
 * @param {ReturnType<typeof numbersOf>} numbers
 */
function drawNumbers(group, numbers) {
  const drawn = group.selectAll("text").data(numbers).join("text");
  setChangedAttributes(drawn, {
    x: (number) => number.x,
    "text-anchor": (number) => number.anchor,
    y: (number) => number.y,
    dy: () => "0.35em",
  });
  drawn.text((number) => number.text);
}
