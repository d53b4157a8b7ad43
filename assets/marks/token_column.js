// A column of tokens: text, a tooltip, and an area that reacts to the pointer.

import { describe, labelOf } from "../core/label.js";
import { select } from "../vendor/d3.js";

/** @typedef {import("../core/trace.js").Token} Token */
/** @typedef {import("d3").Selection<SVGGElement, unknown, null, undefined>} Group */

/** Space between a text and the lines beside it, in pixels. */
const TEXT_PADDING = 8;
/** Bounds of a column's width, in pixels. */
const [LEAST_WIDTH, MOST_WIDTH] = [56, 190];

/**
 * @typedef {object} ColumnOptions
 * @property {[number, number]} span the positions to show: first, one past the last
 * @property {number} x left edge
 * @property {number} width
 * @property {"start" | "end"} anchor which edge the text stands at
 * @property {(position: number) => number} y middle of a row
 * @property {number} rowHeight
 * @property {number} [reach] how far to the right the reacting area goes, the width by default
 * @property {(position: number) => void} [onEnter]
 * @property {() => void} [onLeave] the pointer left the column, not only a token
 */

/**
 * @param {Group} group
 * @param {Token[]} tokens of the whole axis
 * @param {ColumnOptions} options
 */
export function drawTokenColumn(
  group,
  tokens,
  { span, x, width, anchor, y, rowHeight, reach = width, onEnter, onLeave },
) {
  const rows = tokens.slice(...span).map((token, index) => ({ token, position: span[0] + index }));
  group.on("pointerleave", (/** @type {PointerEvent} */ event) => {
    // A finger leaves as soon as it is lifted: what it showed stays until it points elsewhere.
    if (event.pointerType !== "touch") onLeave?.();
  });
  const row = group
    .selectAll(".bertviz-token")
    .data(rows)
    .join((enter) => {
      const token = enter.append("g").attr("class", "bertviz-token");
      token.append("rect").attr("class", "bertviz-background");
      token.append("rect").attr("class", "bertviz-reach");
      token.append("text").attr("dy", "0.35em");
      token.append("title");
      return token;
    })
    .classed("bertviz-special", ({ token }) => token.special)
    .attr("data-position", ({ position }) => position)
    .attr("transform", ({ position }) => `translate(${x} ${y(position)})`)
    .on("pointerenter", (_, { position }) => onEnter?.(position));
  row
    .selectAll("rect")
    .attr("y", -rowHeight / 2)
    .attr("height", rowHeight);
  row.select(".bertviz-background").attr("width", width);
  row.select(".bertviz-reach").attr("width", reach);
  row
    .select("text")
    .attr("x", anchor === "end" ? width - TEXT_PADDING : TEXT_PADDING)
    .attr("text-anchor", anchor)
    .text(({ token }) => labelOf(token));
  row.select("title").text(({ token, position }) => describe(token, position));
}

/**
 * Mark the token that the reader points at.
 * @param {Group} group a drawn column
 * @param {number | null} position
 */
export function markToken(group, position) {
  group
    .selectAll(".bertviz-token")
    .classed("bertviz-hovered", (row) => /** @type {any} */ (row).position === position);
}

/**
 * The width that a column needs for its labels, between bounds.
 * @param {Element} host whose font the labels have
 * @param {Token[]} tokens
 * @param {number} fontSize pixels
 * @returns {number}
 */
export function columnWidth(host, tokens, fontSize) {
  const context = /** @type {CanvasRenderingContext2D} */ (
    host.ownerDocument.createElement("canvas").getContext("2d")
  );
  context.font = `${fontSize}px ${getComputedStyle(host).fontFamily}`;
  const widths = tokens.map((token) => context.measureText(labelOf(token)).width);
  return Math.min(
    MOST_WIDTH,
    Math.max(LEAST_WIDTH, Math.ceil(Math.max(...widths)) + 2 * TEXT_PADDING),
  );
}

/**
 * A fresh group of an SVG.
 * @param {SVGSVGElement} svg
 * @param {string} name of its class
 * @returns {Group}
 */
export function appendGroup(svg, name) {
  return select(svg).append("g").attr("class", name);
}
