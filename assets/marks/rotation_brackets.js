// Brackets above the vectors that show which dimensions a rotary embedding rotates together: two
// brackets joined by an arc if the first half rotates with the second, a bracket for each pair if
// neighbors rotate together. Dimensions under no bracket do not rotate.

import { HEADER_HEIGHT } from "../core/geometry/computation_layout.js";

/** @typedef {import("../core/data/wire.js").Rotation} Rotation */
/** @typedef {import("../core/data/wire.js").LayerAttention} LayerAttention */
/** @typedef {import("../core/geometry/computation_layout.js").ComputationLayout} ComputationLayout */

/** Lower end of the brackets, their height, and the height of the arc, in pixels. */
const [BRACKET_END, BRACKET_HEIGHT, ARC] = [HEADER_HEIGHT - 4, 4, 6];
/** Minimum width of a bracket that can be distinguished from the next one, in pixels. */
const MIN_BRACKET_WIDTH = 5;

/**
 * Draw the brackets of a layer; a layer without rotation has none.
 * @param {import("../drawing/element.js").Group} group
 * @param {LayerAttention} layer
 * @param {ComputationLayout} layout
 */
export function drawRotationBrackets(group, { rotation, head_dim }, layout) {
  const { bandWidth, q, k, product } = layout;
  const cell = bandWidth / head_dim;
  const paths = rotation ? bracketPaths(rotation, cell) : [];
  group
    .selectAll("path")
    .data([q, k, product].flatMap((x) => (x === null ? [] : paths.map((d) => ({ x, d })))))
    .join("path")
    .attr("d", ({ d }) => d)
    .attr("transform", ({ x }) => `translate(${x} ${BRACKET_END})`);
  const borders = rotation ? bordersOf(rotation, head_dim).map((dim) => dim * cell) : [];
  drawBorders(group, borders, layout);
}

/**
 * Draw the borders between dimensions that rotate and dimensions that do not, through the query and
 * key vectors.
 * @param {import("../drawing/element.js").Group} group
 * @param {number[]} borders distances from the left edge of a vector, in pixels
 * @param {ComputationLayout} layout
 */
function drawBorders(group, borders, { q, k, queriesEnd, keysEnd }) {
  const columns = [
    { left: q, end: queriesEnd },
    { left: k, end: keysEnd },
  ];
  const lines = columns.flatMap(({ left, end }) =>
    left === null ? [] : borders.map((border) => ({ x: left + border, end })),
  );
  group
    .selectAll("line")
    .data(lines)
    .join("line")
    .attr("x1", ({ x }) => x)
    .attr("x2", ({ x }) => x)
    .attr("y1", BRACKET_END - BRACKET_HEIGHT)
    .attr("y2", ({ end }) => end);
}

/**
 * Return the SVG paths of the brackets of one vector, from its left edge.
 * @param {Rotation} rotation
 * @param {number} cell width of a dimension, in pixels
 * @returns {string[]}
 */
function bracketPaths({ start, size, interleaved }, cell) {
  const bracket = (/** @type {number} */ from, /** @type {number} */ to) =>
    `M${from * cell + 1},0v${-BRACKET_HEIGHT}H${to * cell - 1}v${BRACKET_HEIGHT}`;
  if (interleaved) {
    // One bracket for several pairs if the brackets of single pairs would be too narrow.
    const step = 2 * Math.ceil(MIN_BRACKET_WIDTH / (2 * cell));
    const gap = 1 / cell;
    const firsts = Array.from({ length: Math.ceil(size / step) }, (_, index) => index * step);
    return firsts.map((first) =>
      bracket(start + first, start + Math.min(first + step, size) - gap),
    );
  }
  const half = size / 2;
  const middle = (/** @type {number} */ from) => (from + half / 2) * cell;
  const [x1, x2] = [middle(start), middle(start + half)];
  return [
    bracket(start, start + half),
    bracket(start + half, start + size),
    `M${x1},${-BRACKET_HEIGHT}Q${(x1 + x2) / 2},${-BRACKET_HEIGHT - 2 * ARC} ${x2},${-BRACKET_HEIGHT}`,
  ];
}

/**
 * Return the dimensions where rotation begins or ends inside a vector.
 * @param {Rotation} rotation
 * @param {number} headDim
 * @returns {number[]}
 */
function bordersOf({ start, size }, headDim) {
  return [start, start + size].filter((dim) => dim > 0 && dim < headDim);
}
