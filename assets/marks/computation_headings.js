// The headings above the columns of the expanded neuron view.

import { keyHeadNote, termColumns } from "../core/formula/formula_description.js";
import { BAND_HEIGHT, HEADER_HEIGHT, ROW_HEIGHT } from "../core/geometry/computation_layout.js";
import { shortNumber } from "../core/text/number_format.js";
import { appendGroup } from "../drawing/element.js";

/** @typedef {import("./computation_content.js").ComputationData} ComputationData */
/** @typedef {import("../core/geometry/computation_layout.js").ComputationLayout} ComputationLayout */

/** Baselines of a heading and of the note under it, in pixels. */
const [HEADING_Y, NOTE_Y] = [18, 36];
/** Middle of the heading "Softmax", in pixels from the left edge of the key tokens. */
const SOFTMAX_X = 40;

/**
 * A text of the header.
 * @typedef {object} HeaderText
 * @property {string} name of its CSS class, without the prefix
 * @property {string} text
 * @property {number} x pixels
 * @property {number} y baseline, in pixels
 * @property {"middle" | "end"} anchor
 */

/**
 * Create the headings, empty.
 * @param {SVGElement} svg
 */
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
    /** @param {boolean} visible true if no token is highlighted */
    showPlaceholder(visible) {
      group.select(".bertviz-placeholder").attr("visibility", visible ? "visible" : "hidden");
    },
  };
}

/**
 * Return the texts of the header and the placeholder.
 * @param {ComputationData} data
 * @param {ComputationLayout} layout
 * @returns {HeaderText[]}
 */
function headingsOf({ layer, head }, layout) {
  const { q, k, product, dot, tokens, terms, weight, bandWidth } = layout;
  const bandMiddle = bandWidth / 2;
  return [
    ...column(q + bandMiddle, "Query q"),
    ...column(k + bandMiddle, "Key k", keyHeadNote(layer, head) ?? ""),
    ...column(product + bandMiddle, "q × k (elementwise)"),
    ...column(dot + BAND_HEIGHT / 2, "q · k", `× ${shortNumber(layer.scaling)}`),
    ...column(tokens + SOFTMAX_X, "Softmax"),
    ...termColumns(layer).flatMap(({ heading, note }, index) =>
      column(terms[index], heading, note, "end"),
    ),
    ...column(weight, "weight", "", "end"),
    {
      name: "placeholder",
      text: "No token selected",
      x: product + bandMiddle,
      y: HEADER_HEIGHT + ROW_HEIGHT,
      anchor: "middle",
    },
  ];
}

/**
 * Return the texts above one column: a heading, and a note if there is one.
 * @param {number} x pixels
 * @param {string} heading
 * @param {string} note
 * @param {"middle" | "end"} anchor
 * @returns {HeaderText[]}
 */
function column(x, heading, note = "", anchor = "middle") {
  const name = anchor === "end" ? "small-heading" : "heading";
  const texts = [{ name, text: heading, x, y: HEADING_Y, anchor }];
  if (note) texts.push({ name: "note", text: note, x, y: NOTE_Y, anchor });
  return texts;
}
