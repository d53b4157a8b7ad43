// The labels around a matrix: a column of query tokens at the left, and a row of key tokens at the top,
// which is a column that is rotated. The labels scroll with the matrix.

import { viewportOfLabels } from "../core/geometry/matrix_layout.js";
import { rowAt } from "../core/geometry/rows.js";
import { appendGroup } from "../drawing/element.js";
import { labelsInColumn } from "./text_width.js";
import { createTokenColumn } from "./token_column.js";

/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("./matrix_content.js").MatrixContent} MatrixContent */
/** @typedef {import("./token_column.js").Marks} Marks */
/** @typedef {import("./token_column_events.js").ColumnActions} ColumnActions */

/**
 * Create the labels, empty.
 * @param {SVGElement} root
 * @param {{host: Element, fontSize: number}} font
 * @param {Record<TokenPosition["axis"], ColumnActions>} actions
 */
export function createMatrixAxes(root, font, actions) {
  const queryGroup = appendGroup(root, "bertviz-queries");
  const keyGroup = appendGroup(root, "bertviz-keys");
  const names = appendGroup(root, "bertviz-matrix-names").attr("aria-hidden", "true");
  const columns = {
    query: createTokenColumn(queryGroup, "Queries", actions.query),
    key: createTokenColumn(keyGroup, "Keys", actions.key),
  };
  keyGroup.select("[role]").attr("aria-orientation", "horizontal");

  return {
    columns,
    /** @param {MatrixContent} content */
    draw({ axes, data: { filter }, space: { margin } }) {
      const isHidden = (/** @type {number} */ position) => filter?.hiddenUnits[position] === 1;
      for (const axis of /** @type {const} */ (["query", "key"])) {
        const { tokens, labels } = axes[axis];
        const width = axis === "query" ? margin.left : margin.top;
        /** @type {"start" | "end"} */
        const anchor = axis === "query" ? "end" : "start";
        const label = labelOf(axis, axes[axis], font, width);
        const place = { x: 0, width, anchor };
        const isMuted = axis === "key" ? isHidden : undefined;
        columns[axis].set({ tokens, column: labels, label, ...place, isHidden: isMuted });
      }
      drawNames(names, margin);
    },
    /**
     * Draw the visible labels.
     * @param {MatrixContent} content
     * @param {{left: number, top: number, width: number, height: number}} box the visible part
     */
    setViewport({ axes, space: { margin } }, { left, top, width, height }) {
      queryGroup.attr("transform", `translate(0 ${margin.top - top})`);
      keyGroup.attr("transform", `translate(${margin.left - left} ${margin.top}) rotate(-90)`);
      columns.query.setViewport(viewportOfLabels(axes.query.labels, [top, top + height]));
      columns.key.setViewport(viewportOfLabels(axes.key.labels, [left, left + width]));
    },
  };
}

/**
 * Return a function that returns the label of a row. A label of several keys is only the position of the
 * first: many rotated texts are hard to read.
 * @param {TokenPosition["axis"]} axis
 * @param {import("../core/geometry/matrix_layout.js").MatrixAxis} matrixAxis
 * @param {{host: Element, fontSize: number}} font
 * @param {number} width pixels
 * @returns {(begin: number, end: number) => string}
 */
function labelOf(axis, { tokens, labels }, { host, fontSize }, width) {
  const { rows, rowHeight } = labels;
  const fitting = labelsInColumn(host, tokens, rows, fontSize, width);
  return (begin, end) => {
    // The last row of a text may have so few tokens that its label would overlap the one before it.
    if (rowHeight(rowAt(rows, begin)) < fontSize) return "";
    return axis === "key" && rows.size > 1 ? `#${begin}` : fitting(begin, end);
  };
}

/**
 * Draw the names of the axes in the corner between them.
 * @param {import("../drawing/element.js").Group} group
 * @param {{left: number, top: number}} margin
 */
function drawNames(group, { left, top }) {
  const names = [
    { text: "keys →", y: top - 28 },
    { text: "queries ↓", y: top - 12 },
  ];
  group
    .selectAll("text")
    .data(names)
    .join("text")
    .attr("class", "bertviz-axis")
    .attr("x", left - 8)
    .attr("text-anchor", "end")
    .attr("y", ({ y }) => y)
    .text(({ text }) => text);
}
