// The head and layer numbers at the edges of the model view's grid. They stay visible while the page
// scrolls down and the grid scrolls sideways.

import { AXIS_SIZE } from "../core/geometry/grid_layout.js";
import { select } from "../vendor/d3.js";

/** @typedef {import("../core/geometry/grid_layout.js").Grid} Grid */

/**
 * A text of an axis.
 * @typedef {object} AxisLabel
 * @property {string} text
 * @property {number} x middle, in pixels
 * @property {number} y middle, in pixels
 * @property {number} rotation degrees
 * @property {boolean} isTitle whether the text is the name of the axis
 */

/**
 * Create the axes, empty.
 * @param {HTMLElement} top element for the head numbers
 * @param {HTMLElement} side element for the layer numbers
 */
export function createGridAxes(top, side) {
  const heads = select(top).append("svg").attr("height", AXIS_SIZE);
  const layers = select(side).append("svg").attr("width", AXIS_SIZE);

  return {
    heads: /** @type {SVGSVGElement} */ (heads.node()),
    layers: /** @type {SVGSVGElement} */ (layers.node()),
    /** @param {Grid} grid */
    draw(grid) {
      const width = grid.heads.length * grid.size;
      const height = grid.layers.length * grid.size;
      heads.attr("width", AXIS_SIZE + width);
      layers.attr("height", height);
      drawLabels(heads, headLabels(grid, AXIS_SIZE + width / 2));
      drawLabels(layers, layerLabels(grid, height / 2));
    },
    /** @param {number} left pixels by which the grid is scrolled sideways */
    scrollTo(left) {
      heads.style("transform", `translateX(${-left}px)`);
    },
  };
}

/**
 * @param {Grid} grid
 * @param {number} middle of the axis, in pixels
 * @returns {AxisLabel[]}
 */
function headLabels({ heads, size }, middle) {
  return [
    { text: "Heads", x: middle, y: 12, rotation: 0, isTitle: true },
    ...heads.map((head, column) => {
      const x = AXIS_SIZE + (column + 0.5) * size;
      return { text: String(head), x, y: 32, rotation: 0, isTitle: false };
    }),
  ];
}

/**
 * @param {Grid} grid
 * @param {number} middle of the axis, in pixels
 * @returns {AxisLabel[]}
 */
function layerLabels({ layers, size }, middle) {
  return [
    { text: "Layers", x: 10, y: middle, rotation: -90, isTitle: true },
    ...layers.map((layer, row) => {
      return { text: String(layer), x: 30, y: (row + 0.5) * size, rotation: 0, isTitle: false };
    }),
  ];
}

/**
 * @param {import("d3").Selection<SVGSVGElement, unknown, null, undefined>} svg
 * @param {AxisLabel[]} labels
 */
function drawLabels(svg, labels) {
  svg
    .selectAll(".bertviz-axis")
    .data(labels)
    .join("text")
    .attr("class", "bertviz-axis")
    .classed("bertviz-axis-title", ({ isTitle }) => isTitle)
    .attr("transform", ({ x, y, rotation }) => `translate(${x} ${y}) rotate(${rotation})`)
    .attr("text-anchor", "middle")
    .attr("dy", "0.35em")
    .text(({ text }) => text);
}
