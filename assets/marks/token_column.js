// A column of tokens: text, a tooltip, and an area that reacts to the pointer and to keys.

import { describe, labelOf, nameOf } from "../core/label.js";
import { select } from "../vendor/d3.js";
import { createRoving } from "./roving.js";

/** @typedef {import("../core/trace.js").Token} Token */
/** @typedef {import("d3").Selection<SVGGElement, unknown, null, undefined>} Group */

/** Space between a text and the lines beside it, in pixels. */
const TEXT_PADDING = 8;
/** Bounds of a column's width, in pixels. */
const [LEAST_WIDTH, MOST_WIDTH] = [56, 190];

/**
 * What a column does when the reader works on it; without these it only shows.
 * @typedef {object} ColumnActions
 * @property {(position: number) => void} onEnter the pointer or the focus came to a token
 * @property {() => void} onLeave it left the column, not only a token
 * @property {(position: number) => void} onPin a token was clicked, or Enter or Space pressed on it
 * @property {() => void} onRelease Escape was pressed
 */

/**
 * @typedef {object} ColumnOptions
 * @property {[number, number]} span the positions to show: first, one past the last
 * @property {number} x left edge
 * @property {number} width
 * @property {"start" | "end"} anchor which edge the text stands at
 * @property {(position: number) => number} y middle of a row
 * @property {number} rowHeight
 * @property {number} [reach] how far to the right the reacting area goes, the width by default
 */

/**
 * @param {Group} group
 * @param {string} label what the column is called
 * @param {ColumnActions} [actions]
 */
export function createTokenColumn(group, label, actions) {
  const element = /** @type {SVGGElement} */ (group.node());
  group.attr("role", actions ? "listbox" : "list").attr("aria-label", label);
  const roving = actions && createRoving(element, ".bertviz-token");
  if (actions) listen(group, actions);

  /**
   * @param {Token[]} tokens of the whole axis
   * @param {ColumnOptions} options
   */
  function draw(tokens, { span, x, width, anchor, y, rowHeight, reach = width }) {
    const row = group
      .selectAll(".bertviz-token")
      .data(tokens.slice(...span).map((token, index) => ({ token, position: span[0] + index })))
      .join((enter) => {
        const token = enter.append("g").attr("class", "bertviz-token");
        token.append("rect").attr("class", "bertviz-background");
        token.append("rect").attr("class", "bertviz-reach");
        token.append("text").attr("dy", "0.35em");
        token.append("title");
        return token;
      })
      .classed("bertviz-special", ({ token }) => token.special)
      .attr("role", actions ? "option" : "listitem")
      .attr("aria-label", ({ token, position }) => nameOf(token, position))
      .attr("data-position", ({ position }) => position)
      .attr("transform", ({ position }) => `translate(${x} ${y(position)})`);
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
    roving?.settle();
  }

  /**
   * Mark the lit token, or none.
   * @param {number | null} position
   * @param {boolean} pinned
   */
  function mark(position, pinned) {
    group
      .selectAll(".bertviz-token")
      .classed("bertviz-hovered", (row) => positionOf(row) === position)
      .classed("bertviz-pinned", (row) => pinned && positionOf(row) === position)
      .attr("aria-selected", (row) => String(pinned && positionOf(row) === position));
  }

  return { draw, mark };
}

/**
 * @param {Group} group
 * @param {ColumnActions} actions
 */
function listen(group, { onEnter, onLeave, onPin, onRelease }) {
  /** @param {Event} event */
  const position = (event) => {
    const token = /** @type {Element} */ (event.target).closest(".bertviz-token");
    return token ? positionOf(select(token).datum()) : null;
  };
  /** @param {Event} event */
  const enter = (event) => {
    const at = position(event);
    if (at !== null) onEnter(at);
  };
  group
    .on("pointerover", enter)
    .on("focusin", enter)
    .on("focusout", onLeave)
    .on("pointerleave", (/** @type {PointerEvent} */ event) => {
      // A finger leaves as soon as it is lifted: what it showed stays until it points elsewhere.
      if (event.pointerType !== "touch") onLeave();
    })
    .on("click", (event) => {
      const at = position(event);
      if (at !== null) onPin(at);
    })
    .on("keydown", (/** @type {KeyboardEvent} */ event) => {
      const at = position(event);
      if (event.key === "Escape") {
        // It is no wish to close the panel that the column may stand in.
        event.preventDefault();
        onRelease();
      }
      if (at === null || (event.key !== "Enter" && event.key !== " ")) return;
      event.preventDefault();
      onPin(at);
    });
}

/**
 * @param {unknown} row a datum of a token
 * @returns {number}
 */
function positionOf(row) {
  return /** @type {{position: number}} */ (row).position;
}

/**
 * The width that a column needs for its labels, between bounds.
 * @param {Element} host whose font the labels have
 * @param {Token[]} tokens
 * @param {number} fontSize pixels
 * @returns {number}
 */
export function columnWidth(host, tokens, fontSize) {
  const width = textWidth(host, tokens.map(labelOf), fontSize);
  return Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, width + 2 * TEXT_PADDING));
}

/**
 * The width of the longest of some texts, in whole pixels.
 * @param {Element} host whose font they have
 * @param {string[]} texts
 * @param {number} fontSize pixels
 * @returns {number}
 */
export function textWidth(host, texts, fontSize) {
  const context = /** @type {CanvasRenderingContext2D} */ (
    host.ownerDocument.createElement("canvas").getContext("2d")
  );
  context.font = `${fontSize}px ${getComputedStyle(host).fontFamily}`;
  return Math.ceil(Math.max(...texts.map((text) => context.measureText(text).width)));
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
