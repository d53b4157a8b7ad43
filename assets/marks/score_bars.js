// The scores of heads as bars below the lines of the model view's cells. A bar, unlike a tint, leaves the
// colors of the lines as they are, and its length can be read where a cell has 24 pixels.

import { cellCorner } from "../core/geometry/grid_layout.js";

/** @typedef {import("../core/state/selection.js").Cell} Cell */

/** Space on both sides of a bar, as a share of the cell: that of the lines (thumbnail.js). */
const PADDING = 0.08;
/** Height of a bar as a share of the cell, and its minimum in pixels. */
const [HEIGHT, MIN_HEIGHT] = [0.04, 2];
/** Space below a bar, as a share of the cell. */
const BELOW = 0.03;

/**
 * Draw one bar for each cell that has a score.
 * @param {import("d3").Selection<SVGSVGElement, unknown, null, undefined>} svg of the cells
 * @param {import("../core/geometry/grid_layout.js").Grid} grid
 * @param {((cell: Cell) => number) | null} lengthOf returns the length of a bar from 0 to 1, NaN for a
 *   head without the score; null for no bars
 */
export function drawScoreBars(svg, grid, lengthOf) {
  const { cells, size } = grid;
  const height = Math.max(MIN_HEIGHT, Math.round(HEIGHT * size));
  const top = size - height - Math.floor(BELOW * size);
  const bars = lengthOf ? cells.map((cell) => ({ cell, length: lengthOf(cell) })) : [];
  svg
    .selectAll(".bertviz-score-bar")
    .data(bars.filter(({ length }) => length > 0))
    .join("rect")
    .attr("class", "bertviz-score-bar")
    .attr("x", ({ cell }) => cellCorner(grid, cell).x + PADDING * size)
    .attr("y", ({ cell }) => cellCorner(grid, cell).y + top)
    .attr("width", ({ length }) => length * (1 - 2 * PADDING) * size)
    .attr("height", height);
}
