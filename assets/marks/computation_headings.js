// The words over the columns of the expanded neuron view.

import { keyHeadNote, termColumns } from "../core/formula/formula_description.js";
import { BAND_HEIGHT, HEADER_HEIGHT, ROW_HEIGHT } from "../core/geometry/computation_layout.js";
import { shortNumber } from "../core/text/number_format.js";
import { appendGroup } from "../drawing/element.js";

/** @typedef {import("./computation.js").ComputationData} ComputationData */
/** @typedef {import("../core/geometry/computation_layout.js").ComputationLayout} ComputationLayout */

/** Base lines of a heading and of the note under it. */
const [FIRST, SECOND] = [18, 36];

/** @typedef {{name: string, text: string, x: number, y: number, anchor: "middle" | "end"}} Words */

/** @param {SVGElement} svg */
export function createHeadings(svg) {
  const group = appendGroup(svg, "bertviz-headings");

  return {
    /**
     * @param {ComputationData} data
     * @param {ComputationLayout} layout
     */
    draw(data, layout) {
      group
        .selectAll("text")
        .data(headingsOf(data, layout))
        .join("text")
        .attr("class", ({ name }) => `bertviz-${name}`)
        .attr("x", ({ x }) => x)
        .attr("y", ({ y }) => y)
        .attr("text-anchor", ({ anchor }) => anchor)
        .text(({ text }) => text);
    },
    /** @param {boolean} visible that no token is lit */
    showPlaceholder(visible) {
      group.select(".bertviz-placeholder").attr("visibility", visible ? "visible" : "hidden");
    },
  };
}

/**
 * @param {ComputationData} data
 * @param {ComputationLayout} layout
 * @returns {Words[]}
 */
function headingsOf({ layer, head }, layout) {
  const { q, k, product, dot, tokens, terms, weight, bandWidth } = layout;
  const band = bandWidth / 2;
  return [
    ...column(q + band, "Query q"),
    ...column(k + band, "Key k", keyHeadNote(layer, head) ?? ""),
    ...column(product + band, "q × k (elementwise)"),
    ...column(dot + BAND_HEIGHT / 2, "q · k", `× ${shortNumber(layer.scaling)}`),
    ...column(tokens + 40, "Softmax"),
    ...termColumns(layer).flatMap(({ heading, note }, index) =>
      column(terms[index], heading, note, "end"),
    ),
    ...column(weight, "weight", "", "end"),
    {
      name: "placeholder",
      text: "No token selected",
      x: product + band,
      y: HEADER_HEIGHT + ROW_HEIGHT,
      anchor: "middle",
    },
  ];
}

/**
 * @param {number} x
 * @param {string} heading
 * @param {string} note
 * @param {"middle" | "end"} anchor
 * @returns {Words[]}
 */
function column(x, heading, note = "", anchor = "middle") {
  const size = anchor === "end" ? "small-heading" : "heading";
  const words = /** @type {Words[]} */ ([{ name: size, text: heading, x, y: FIRST, anchor }]);
  if (note) words.push({ name: "note", text: note, x, y: SECOND, anchor });
  return words;
}
