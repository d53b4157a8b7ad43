// The cells of the model view's grid as buttons for pointer and keyboard.

import { createRovingTabindex } from "../controls/roving_tabindex.js";
import { cellCorner } from "../core/geometry/grid_layout.js";
import { categoryColor } from "../drawing/color.js";
import { select } from "../vendor/d3.js";
import { drawScoreBars } from "./score_bars.js";

/** @typedef {import("../core/geometry/grid_layout.js").Grid} Grid */
/** @typedef {import("../drawing/color.js").PaletteName} PaletteName */
/** @typedef {import("../core/state/selection.js").Cell} Cell */

/**
 * What the cells show about the scores of their heads.
 * @typedef {object} CellScores
 * @property {(cell: Cell) => string} describe returns the best pattern of a head; empty if it is unknown
 * @property {((cell: Cell) => number) | null} lengthOf returns the length of a bar, from 0 to 1; null for
 *   no bars
 */

/** @type {CellScores} */
const NO_SCORES = { describe: () => "", lengthOf: null };

/**
 * Create the cells of an empty grid; `draw` adds them.
 * @param {HTMLElement} parent
 * @param {(cell: Cell) => void} onPick the reader clicks a cell, or presses Enter or Space on it
 */
export function createGridCells(parent, onPick) {
  const svg = select(parent).append("svg");
  const element = /** @type {SVGSVGElement} */ (svg.node());
  let columns = 1;
  /** @type {Grid | null} */
  let drawn = null;
  let scores = NO_SCORES;
  const tabindex = createRovingTabindex(element, ".bertviz-cell", () => columns);

  return {
    element,
    /**
     * @param {Grid} grid
     * @param {PaletteName} palette
     */
    draw(grid, palette) {
      drawn = grid;
      columns = grid.heads.length;
      svg.attr("width", columns * grid.size).attr("height", grid.layers.length * grid.size);
      drawCells(svg, grid, palette, onPick);
      drawScores(svg, grid, scores);
      tabindex.update();
    },
    /** @param {CellScores | null} shown null while no score is known */
    showScores(shown) {
      scores = shown ?? NO_SCORES;
      if (drawn) drawScores(svg, drawn, scores);
    },
    /** @param {Cell | null} picked the cell to mark; null for no cell */
    mark(picked) {
      const isPicked = (/** @type {unknown} */ datum) => {
        const cell = /** @type {Cell} */ (datum);
        return cell.layer === picked?.layer && cell.head === picked?.head;
      };
      svg
        .selectAll(".bertviz-cell")
        .classed("bertviz-picked", isPicked)
        .attr("aria-pressed", (cell) => String(isPicked(cell)));
    },
    /** @param {Cell} cell the cell that receives the focus */
    focus(cell) {
      const cells = svg.selectAll(".bertviz-cell").nodes();
      const found = cells.find((each) => /** @type {Element} */ (each).ariaLabel === titleOf(cell));
      /** @type {SVGElement | undefined} */ (found)?.focus();
    },
  };
}

/**
 * @param {import("d3").Selection<SVGSVGElement, unknown, null, undefined>} svg
 * @param {Grid} grid
 * @param {PaletteName} palette
 * @param {(cell: Cell) => void} onPick
 */
function drawCells(svg, grid, palette, onPick) {
  svg
    .selectAll(".bertviz-cell")
    .data(grid.cells)
    .join((enter) => {
      const cell = enter.append("rect").attr("class", "bertviz-cell");
      cell.append("title");
      return cell;
    })
    .attr("role", "button")
    .attr("aria-label", titleOf)
    .attr("x", (cell) => cellCorner(grid, cell).x + 1)
    .attr("y", (cell) => cellCorner(grid, cell).y + 1)
    .attr("width", grid.size - 2)
    .attr("height", grid.size - 2)
    .attr("stroke", ({ layer }) => categoryColor(layer, palette))
    .on("click", (_, cell) => onPick(cell))
    .on("keydown", (/** @type {KeyboardEvent} */ event, cell) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      onPick(cell);
    });
}

/**
 * Write the scores into the cells. The name of a cell stays the same while scores arrive: they are its
 * description and its tooltip.
 * @param {import("d3").Selection<SVGSVGElement, unknown, null, undefined>} svg
 * @param {Grid} grid
 * @param {CellScores} scores
 */
function drawScores(svg, grid, { describe, lengthOf }) {
  svg
    .selectAll(".bertviz-cell")
    .data(grid.cells)
    .attr("aria-description", (cell) => describe(cell) || null)
    .select("title")
    .text((cell) => [titleOf(cell), describe(cell)].filter(Boolean).join(", "));
  drawScoreBars(svg, grid, lengthOf);
}

/**
 * Return the name of a cell, which is also the title of its panel.
 * @param {Cell} cell
 * @returns {string}
 */
export function titleOf({ layer, head }) {
  return `Layer ${layer}, Head ${head}`;
}
