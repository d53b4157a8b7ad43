// The numbers of heads and layers at the edges of the model view's grid: they stay in sight while the
// page scrolls down and the grid to the side.

import { AXIS_SIZE } from "../core/geometry/grid_layout.js";
import { select } from "../vendor/d3.js";

/** @typedef {import("../core/geometry/grid_layout.js").Grid} Grid */

/**
 * @param {HTMLElement} top holds the heads' numbers
 * @param {HTMLElement} side holds the layers' numbers
 */
export function createGridAxes(top, side) {
  const heads = select(top).append("svg").attr("height", AXIS_SIZE);
  const layers = select(side).append("svg").attr("width", AXIS_SIZE);

  return {
    heads: /** @type {SVGSVGElement} */ (heads.node()),
    layers: /** @type {SVGSVGElement} */ (layers.node()),
    /** @param {Grid} grid */
    draw({ layers: layerNumbers, heads: headNumbers, size }) {
      const middle = (/** @type {number} */ index) => (index + 0.5) * size;
      const width = headNumbers.length * size;
      const height = layerNumbers.length * size;
      heads.attr("width", AXIS_SIZE + width);
      layers.attr("height", height);
      drawLabels(heads, [
        { text: "Heads", x: AXIS_SIZE + width / 2, y: 12, turn: 0, title: true },
        ...headNumbers.map((head, column) => {
          return {
            text: String(head),
            x: AXIS_SIZE + middle(column),
            y: 32,
            turn: 0,
            title: false,
          };
        }),
      ]);
      drawLabels(layers, [
        { text: "Layers", x: 10, y: height / 2, turn: -90, title: true },
        ...layerNumbers.map((layer, row) => {
          return { text: String(layer), x: 30, y: middle(row), turn: 0, title: false };
        }),
      ]);
    },
    /** @param {number} left pixels by which the grid is scrolled to the side */
    scrollTo(left) {
      heads.style("transform", `translateX(${-left}px)`);
    },
  };
}

/**
 * @param {import("d3").Selection<SVGSVGElement, unknown, null, undefined>} svg
 * @param {{text: string, x: number, y: number, turn: number, title: boolean}[]} labels
 */
function drawLabels(svg, labels) {
  svg
    .selectAll(".bertviz-axis")
    .data(labels)
    .join("text")
    .attr("class", "bertviz-axis")
    .classed("bertviz-axis-title", ({ title }) => title)
    .attr("transform", ({ x, y, turn }) => `translate(${x} ${y}) rotate(${turn})`)
    .attr("text-anchor", "middle")
    .attr("dy", "0.35em")
    .text(({ text }) => text);
}
