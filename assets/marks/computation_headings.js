// The headings above the columns of the expanded neuron view.

import { keyHeadNote, termColumns } from "../core/formula/formula_description.js";
import { BAND_HEIGHT, HEADER_HEIGHT, ROW_HEIGHT } from "../core/geometry/computation_layout.js";
import { shortNumber } from "../core/text/number_format.js";
import { appendGroup } from "../drawing/element.js";

/** @typedef {import("./computation_content.js").ComputationData} ComputationData */
/** @typedef {import("../core/geometry/computation_layout.js").ComputationLayout} ComputationLayout */

/** Baselines of a heading and of the note under it, in pixels. */
const [HEADING_Y, NOTE_Y] = [18, 36];
/** Texts in place of the computation of a query; the second one is for narrow columns. */
const [PLACEHOLDER, SHORT_PLACEHOLDER] = ["Select a token to see q × k", "Select a token"];
/** Width of a vector from which the longer text fits before the key tokens, in pixels. */
const MIN_BAND_WIDTH = 110;

/**
 * A text of the header.
 * @typedef {object} HeaderText
 * @property {string} name of its CSS class, without the prefix
 * @property {string} text
 * @property {number} x pixels
 * @property {number} y baseline, in pixels
 * @property {"start" | "middle" | "end"} anchor
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
  const { q, k, product, dot, softmax, terms, weight, bandWidth } = layout;
  const bandMiddle = bandWidth / 2;
  return [
    ...column(q, bandMiddle, "Query q"),
    ...column(k, bandMiddle, "Key k", keyHeadNote(layer, head) ?? ""),
    ...column(product, bandMiddle, "q × k (elementwise)"),
    ...column(dot, BAND_HEIGHT / 2, "q · k", `× ${shortNumber(layer.scaling)}`),
    ...column(softmax, 0, "Softmax"),
    ...termColumns(layer).flatMap(({ heading, note }, index) =>
      column(terms[index], 0, heading, note, "end"),
    ),
    ...column(weight, 0, "weight", "", "end"),
    ...placeholderOf(layout),
  ];
}

/**
 * @param {ComputationLayout} layout
 * @returns {HeaderText[]} none in a step that shows nothing about a query
 */
function placeholderOf({ placeholder, isStep, bandWidth }) {
  if (placeholder === null) return [];
  const text = isStep || bandWidth < MIN_BAND_WIDTH ? SHORT_PLACEHOLDER : PLACEHOLDER;
  return [{ name: "placeholder", text, ...placeholder, y: HEADER_HEIGHT + ROW_HEIGHT }];
}

/**
 * Return the texts above one column: a heading, and a note if there is one.
 * @param {number | null} left edge of the column; null if the column is not shown
 * @param {number} offset pixels from the left edge
 * @param {string} heading
 * @param {string} note
 * @param {"middle" | "end"} anchor
 * @returns {HeaderText[]}
 */
function column(left, offset, heading, note = "", anchor = "middle") {
  if (left === null) return [];
  const x = left + offset;
  const name = anchor === "end" ? "small-heading" : "heading";
  const texts = [{ name, text: heading, x, y: HEADING_Y, anchor }];
  if (note) texts.push({ name: "note", text: note, x, y: NOTE_Y, anchor });
  return texts;
}
