// The cells of the model view's grid as buttons: pointed at, clicked, gone to by keys.

import { createRovingFocus } from "../controls/roving_focus.js";
import { cellCorner } from "../core/geometry/grid_layout.js";
import { categoryColor } from "../drawing/color.js";
import { select } from "../vendor/d3.js";

/** @typedef {import("../core/geometry/grid_layout.js").Grid} Grid */
/** @typedef {import("../drawing/color.js").PaletteName} PaletteName */
/** @typedef {import("../core/state/selection.js").Cell} Cell */

/**
 * @param {HTMLElement} parent
 * @param {(cell: Cell) => void} onPick
 */
export function createGridCells(parent, onPick) {
  const svg = select(parent).append("svg");
  const element = /** @type {SVGSVGElement} */ (svg.node());
  let columns = 1;
  const roving = createRovingFocus(element, ".bertviz-cell", () => columns);

  /**
   * @param {Grid} grid
   * @param {PaletteName} palette
   */
  function draw(grid, palette) {
    const { layers, heads, cells, size } = grid;
    columns = heads.length;
    svg.attr("width", heads.length * size).attr("height", layers.length * size);
    svg
      .selectAll(".bertviz-cell")
      .data(cells)
      .join((enter) => {
        const cell = enter.append("rect").attr("class", "bertviz-cell");
        cell.append("title");
        return cell;
      })
      .attr("role", "button")
      .attr("aria-label", titleOf)
      .attr("x", (cell) => cellCorner(grid, cell).x + 1)
      .attr("y", (cell) => cellCorner(grid, cell).y + 1)
      .attr("width", size - 2)
      .attr("height", size - 2)
      .attr("stroke", ({ layer }) => categoryColor(layer, palette))
      .on("click", (_, cell) => onPick(cell))
      .on("keydown", (/** @type {KeyboardEvent} */ event, cell) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        onPick(cell);
      })
      .select("title")
      .text(titleOf);
    roving.settle();
  }

  /**
   * Highlight one cell, or none.
   * @param {Cell | null} picked
   */
  function mark(picked) {
    const isPicked = (/** @type {unknown} */ datum) => {
      const cell = /** @type {Cell} */ (datum);
      return cell.layer === picked?.layer && cell.head === picked?.head;
    };
    svg
      .selectAll(".bertviz-cell")
      .classed("bertviz-picked", isPicked)
      .attr("aria-pressed", (cell) => String(isPicked(cell)));
  }

  /**
   * Bring the keyboard back to a cell.
   * @param {Cell} cell
   */
  function focus(cell) {
    const cells = /** @type {NodeListOf<SVGElement>} */ (element.querySelectorAll(".bertviz-cell"));
    [...cells].find((each) => each.ariaLabel === titleOf(cell))?.focus();
  }

  return { element, draw, mark, focus };
}

/**
 * What a cell and its panel are called.
 * @param {Cell} cell
 * @returns {string}
 */
export function titleOf({ layer, head }) {
  return `Layer ${layer}, Head ${head}`;
}
