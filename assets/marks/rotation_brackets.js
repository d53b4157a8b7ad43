// Which dimensions turn together, as a comb over every band of vectors: two brackets joined by an
// arc where one half turns with the other, a bracket a pair where neighbours do. Dimensions under no
// bracket do not turn.

import { HEADER_HEIGHT } from "../core/geometry/computation_layout.js";

/** @typedef {import("../core/data/wire.js").Rotation} Rotation */
/** @typedef {import("../core/data/wire.js").LayerAttention} LayerAttention */
/** @typedef {import("../core/geometry/computation_layout.js").ComputationLayout} ComputationLayout */

/** Where the teeth of the comb end, and their length; the height of the arc. */
const [TEETH_END, TOOTH, ARC] = [HEADER_HEIGHT - 4, 4, 6];
/** The least width of a bracket that can be told from the next, in pixels. */
const LEAST_PAIR = 5;

/**
 * @param {import("../drawing/element.js").Group} group
 * @param {LayerAttention} layer
 * @param {ComputationLayout} layout
 */
export function drawRotationBrackets(
  group,
  { rotation, head_dim },
  { bandWidth, q, k, product, queriesEnd, keysEnd },
) {
  const cell = bandWidth / head_dim;
  const paths = rotation ? combPaths(rotation, cell) : [];
  group
    .selectAll("path")
    .data([q, k, product].flatMap((x) => paths.map((d) => ({ x, d }))))
    .join("path")
    .attr("d", ({ d }) => d)
    .attr("transform", ({ x }) => `translate(${x} ${TEETH_END})`);
  const borders = rotation ? bordersOf(rotation, head_dim).map((dim) => dim * cell) : [];
  group
    .selectAll("line")
    .data(
      borders.flatMap((at) => [
        { x: q + at, end: queriesEnd },
        { x: k + at, end: keysEnd },
      ]),
    )
    .join("line")
    .attr("x1", ({ x }) => x)
    .attr("x2", ({ x }) => x)
    .attr("y1", TEETH_END - TOOTH)
    .attr("y2", ({ end }) => end);
}

/**
 * The comb over a band, from its left edge.
 * @param {Rotation} rotation
 * @param {number} cell width of a dimension
 * @returns {string[]} paths
 */
function combPaths({ start, size, interleaved }, cell) {
  const bracket = (/** @type {number} */ from, /** @type {number} */ to) =>
    `M${from * cell + 1},0v${-TOOTH}H${to * cell - 1}v${TOOTH}`;
  if (interleaved) {
    // Where pairs are too narrow to be told apart, a bracket stands for a few.
    const step = 2 * Math.ceil(LEAST_PAIR / (2 * cell));
    const gap = 1 / cell;
    const firsts = Array.from({ length: Math.ceil(size / step) }, (_, index) => index * step);
    return firsts.map((first) =>
      bracket(start + first, start + Math.min(first + step, size) - gap),
    );
  }
  const half = size / 2;
  const middle = (/** @type {number} */ from) => (from + half / 2) * cell;
  const [one, other] = [middle(start), middle(start + half)];
  return [
    bracket(start, start + half),
    bracket(start + half, start + size),
    `M${one},${-TOOTH}Q${(one + other) / 2},${-TOOTH - 2 * ARC} ${other},${-TOOTH}`,
  ];
}

/**
 * The dimensions that turn beside ones that do not, or the other way round.
 * @param {Rotation} rotation
 * @param {number} headDim
 * @returns {number[]}
 */
function bordersOf({ start, size }, headDim) {
  return [start, start + size].filter((dim) => dim > 0 && dim < headDim);
}
