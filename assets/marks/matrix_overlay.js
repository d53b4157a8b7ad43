// The frame around a matrix, the borders between two texts, and the bands of the highlighted row and
// column.

import { appendGroup } from "../drawing/element.js";

/** @typedef {import("../core/geometry/matrix_layout.js").MatrixAxis} MatrixAxis */
/** @typedef {import("./matrix_content.js").MatrixContent} MatrixContent */

/** Minimum width of a band, in pixels. */
const MIN_BAND = 3;

/** @typedef {{left: number, top: number, width: number, height: number}} Box the visible part, in pixels */

/**
 * The highlighted tokens of an axis.
 * @typedef {object} Band
 * @property {"query" | "key"} axis
 * @property {[begin: number, end: number]} span positions
 * @property {boolean} isPinned
 */

/**
 * Create the overlay, empty.
 * @param {SVGElement} root
 */
export function createMatrixOverlay(root) {
  const group = appendGroup(root, "bertviz-matrix-overlay");
  const frame = group.append("rect").attr("class", "bertviz-matrix-frame");
  const borders = group.append("path").attr("class", "bertviz-matrix-border");
  const bandGroup = appendGroup(/** @type {SVGGElement} */ (group.node()), "bertviz-matrix-bands");

  return {
    /**
     * @param {MatrixContent} content
     * @param {Box} box
     */
    draw({ axes, space: { margin } }, box) {
      group.attr("transform", `translate(${margin.left} ${margin.top})`);
      // Half pixels, so that the lines are sharp.
      frame.attr("x", -0.5).attr("y", -0.5);
      frame.attr("width", box.width + 1).attr("height", box.height + 1);
      const x = insideOf(axes.key.border, box.left, box.width);
      const y = insideOf(axes.query.border, box.top, box.height);
      const lines = [
        x === null ? "" : `M${Math.round(x) - 0.5} 0V${box.height}`,
        y === null ? "" : `M0 ${Math.round(y) - 0.5}H${box.width}`,
      ];
      borders.attr("d", lines.join("") || null);
    },
    /**
     * @param {MatrixContent} content
     * @param {Box} box
     * @param {Band[]} bands
     */
    drawBands({ axes }, box, bands) {
      const rectangles = bands.flatMap((band) => rectangleOf(axes[band.axis], band, box));
      bandGroup
        .selectAll("rect")
        .data(rectangles)
        .join("rect")
        .classed("bertviz-pinned-band", ({ isPinned }) => isPinned)
        .attr("data-axis", ({ axis }) => axis)
        .attr("x", ({ x }) => x)
        .attr("y", ({ y }) => y)
        .attr("width", ({ width }) => width)
        .attr("height", ({ height }) => height);
    },
  };
}

/**
 * @param {number | null} at pixels of the matrix
 * @param {number} begin of the visible part
 * @param {number} length of the visible part
 * @returns {number | null} pixels of the visible part; null if it is outside
 */
function insideOf(at, begin, length) {
  return at === null || at < begin || at > begin + length ? null : at - begin;
}

/**
 * Return the visible part of a band, none or one rectangle.
 * @param {MatrixAxis} axis
 * @param {Band} band
 * @param {Box} box
 */
function rectangleOf({ cells, length }, { axis, span, isPinned }, { left, top, width, height }) {
  const isQuery = axis === "query";
  const size = length / (cells.rows.edges[cells.rows.edges.length - 1] - cells.rows.edges[0]);
  const [offset, visible] = isQuery ? [top, height] : [left, width];
  const first = (span[0] - cells.rows.edges[0]) * size - offset;
  const missing = Math.max(0, MIN_BAND - (span[1] - span[0]) * size);
  const begin = Math.max(0, first - missing / 2);
  const end = Math.min(visible, first + (span[1] - span[0]) * size + missing / 2);
  if (end <= begin) return [];
  const place = isQuery
    ? { x: 0, y: begin, width, height: end - begin }
    : { x: begin, y: 0, width: end - begin, height };
  return [{ axis, isPinned, ...place }];
}
