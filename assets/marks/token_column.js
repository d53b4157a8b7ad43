// A column of tokens: text, a tooltip, and an area that reacts to the pointer and to keys. Of a long
// text only the rows in sight are there.

import { nextItem } from "../controls/roving_focus.js";
import { visibleRows } from "../core/geometry/column_layout.js";
import { numRows, rowAt } from "../core/geometry/rows.js";
import { accessibleNameOfRow, labelOfRow, tooltipOfRow } from "../core/text/label.js";
import { select } from "../vendor/d3.js";

/** @typedef {import("../core/data/wire.js").Token} Token */
/** @typedef {import("../drawing/element.js").Group} Group */

/** Space between a text and the lines beside it, in pixels. */
const TEXT_PADDING = 8;
/** Bounds of a column's width, in pixels. */
const [LEAST_WIDTH, MOST_WIDTH] = [56, 190];

/**
 * What a column does when the reader works on it; without these it only shows. A row is named by the
 * position of its first token.
 * @typedef {object} ColumnActions
 * @property {(position: number) => void} onEnter the pointer or the focus came to a row
 * @property {() => void} onLeave it left the column, not only a row
 * @property {(position: number) => void} onPin a row was clicked, or Enter or Space pressed on it
 * @property {() => void} onRelease Escape was pressed
 * @property {(position: number) => void} onReach the keyboard goes to a row: bring it in sight
 */

/**
 * @typedef {object} ColumnOptions
 * @property {Token[]} tokens of the whole axis
 * @property {import("../core/geometry/column_layout.js").Column} column
 * @property {number} x left edge
 * @property {number} width
 * @property {"start" | "end"} anchor which edge the text stands at
 * @property {number} [reach] how far to the right the reacting area goes, the width by default
 */

/**
 * @typedef {object} Marks
 * @property {number | null} lit position of the lit token
 * @property {boolean} isPinned whether it is pinned
 * @property {(position: number) => boolean} [isUnseen] whether a token is out of the lit one's reach
 */

/** @typedef {{row: number, begin: number, end: number}} Entry */

/** @type {Marks} */
const NO_MARKS = { lit: null, isPinned: false };

/**
 * @param {Group} group
 * @param {string} label what the column is called
 * @param {ColumnActions} [actions]
 */
export function createTokenColumn(group, label, actions) {
  const element = /** @type {SVGGElement} */ (group.node());
  group.attr("role", actions ? "listbox" : "list").attr("aria-label", label);
  // Chromium makes every SVG element with a focus listener a stop of its own.
  if (actions) element.tabIndex = -1;
  /** @type {ColumnOptions | null} */
  let shown = null;
  /** @type {[number, number]} the rows in sight */
  let visible = [0, 0];
  let marks = NO_MARKS;
  // Where the Tab key comes to, and the row that has the focus.
  let stop = 0;
  /** @type {number | null} */
  let focused = null;

  /** Draw the rows in sight, and the one that has the focus, which must not be lost. */
  function drawRows() {
    if (!shown) return;
    const { tokens, column, x, width, anchor, reach = width } = shown;
    const { rows, yOfRow, rowHeight } = column;
    const wanted = Array.from({ length: visible[1] - visible[0] }, (_, at) => visible[0] + at);
    if (focused !== null && !wanted.includes(focused)) wanted.push(focused);
    const entries = wanted.map((row) => {
      return { row, begin: rows.edges[row], end: rows.edges[row + 1] };
    });
    const tabStop = wanted.includes(stop) ? stop : visible[0];
    const token = group
      .selectAll(".bertviz-token")
      .data(entries, (entry) => /** @type {Entry} */ (entry).begin)
      .join((enter) => {
        const token = enter.append("g").attr("class", "bertviz-token");
        token.append("rect").attr("class", "bertviz-background");
        token.append("rect").attr("class", "bertviz-reach");
        token.append("text").attr("dy", "0.35em");
        token.append("title");
        return token;
      })
      .classed("bertviz-special", ({ begin, end }) => end - begin === 1 && tokens[begin].special)
      .classed("bertviz-pooled", ({ begin, end }) => end - begin > 1)
      .attr("role", actions ? "option" : "listitem")
      .attr("aria-label", ({ begin, end }) => accessibleNameOfRow(tokens, begin, end))
      .attr("aria-posinset", ({ row }) => row + 1)
      .attr("aria-setsize", numRows(rows))
      .attr("data-position", ({ begin }) => begin)
      .attr("transform", ({ row }) => `translate(${x} ${yOfRow(row)})`);
    if (actions) token.attr("tabindex", ({ row }) => (row === tabStop ? 0 : -1));
    token
      .selectAll("rect")
      .data(({ row }) => [rowHeight(row), rowHeight(row)])
      .attr("y", (height) => -height / 2)
      .attr("height", (height) => height);
    token.select(".bertviz-background").attr("width", width);
    token.select(".bertviz-reach").attr("width", reach);
    token
      .select("text")
      .attr("x", anchor === "end" ? width - TEXT_PADDING : TEXT_PADDING)
      .attr("text-anchor", anchor)
      .text(({ begin, end }) => labelOfRow(tokens, begin, end));
    token.select("title").text(({ begin, end }) => tooltipOfRow(tokens, begin, end));
    drawMarks();
  }

  function drawMarks() {
    if (!shown) return;
    const { rows } = shown.column;
    const lit = marks.lit === null ? null : rows.edges[rowAt(rows, marks.lit)];
    const tokens = group.selectAll(".bertviz-token");
    const isLit = (/** @type {unknown} */ entry) => beginOf(entry) === lit;
    tokens
      .classed("bertviz-hovered", isLit)
      .classed("bertviz-pinned", (entry) => marks.isPinned && isLit(entry))
      .classed("bertviz-unseen", (entry) => marks.isUnseen?.(beginOf(entry)) ?? false);
    if (actions) tokens.attr("aria-selected", (entry) => String(marks.isPinned && isLit(entry)));
  }

  if (actions) {
    listen(group, actions);
    group
      .on("focusin.row", (event) => {
        focused = rowOf(event);
        if (focused !== null) stop = focused;
      })
      .on("focusout.row", () => {
        focused = null;
      })
      .on("keydown.row", (/** @type {KeyboardEvent} */ event) => {
        const row = rowOf(event);
        if (row === null || !shown) return;
        const next = nextItem(event.key, row, numRows(shown.column.rows));
        if (next === null) return;
        event.preventDefault();
        focusRow(next);
      });
  }

  /** @param {Event} event */
  function rowOf(event) {
    const begin = positionAt(event);
    return begin === null || !shown ? null : rowAt(shown.column.rows, begin);
  }

  /** @param {number} row */
  function focusRow(row) {
    if (!shown || !actions) return;
    const begin = shown.column.rows.edges[row];
    actions.onReach(begin);
    const token = group.selectAll(".bertviz-token").filter((entry) => beginOf(entry) === begin);
    // The figure has scrolled as far as it must.
    /** @type {SVGElement | null} */ (token.node())?.focus({ preventScroll: true });
  }

  return {
    /**
     * What the column is made of from now on; `look` draws it.
     * @param {ColumnOptions} options
     */
    set(options) {
      shown = options;
      stop = Math.min(stop, numRows(options.column.rows) - 1);
    },
    /** @param {import("../drawing/viewport.js").Range} seen */
    look(seen) {
      if (shown) visible = visibleRows(shown.column, seen);
      drawRows();
    },
    /** @param {Marks} next */
    mark(next) {
      marks = next;
      drawMarks();
    },
  };
}

/**
 * @param {Group} group
 * @param {ColumnActions} actions
 */
function listen(group, { onEnter, onLeave, onPin, onRelease }) {
  /** @param {Event} event */
  const enter = (event) => {
    const at = positionAt(event);
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
      const at = positionAt(event);
      if (at !== null) onPin(at);
    })
    .on("keydown", (/** @type {KeyboardEvent} */ event) => {
      const at = positionAt(event);
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
 * @param {Event} event
 * @returns {number | null} the first token of the row where it happened
 */
function positionAt(event) {
  const token = /** @type {Element} */ (event.target).closest(".bertviz-token");
  return token ? beginOf(select(token).datum()) : null;
}

/**
 * @param {unknown} entry a datum of a row
 * @returns {number}
 */
function beginOf(entry) {
  return /** @type {Entry} */ (entry).begin;
}

/** @type {WeakMap<Token[], Map<string, number>>} a text is measured once, not at each draw */
const widths = new WeakMap();

/**
 * The width that a column needs for its labels, between bounds.
 * @param {Element} host whose font the labels have
 * @param {Token[]} tokens of the whole axis
 * @param {import("../core/geometry/rows.js").Rows} rows of them
 * @param {number} fontSize pixels
 * @returns {number}
 */
export function columnWidth(host, tokens, { edges, size }, fontSize) {
  const known = widths.get(tokens) ?? new Map();
  widths.set(tokens, known);
  const key = `${edges[0]} ${edges.at(-1)} ${size} ${fontSize} ${getComputedStyle(host).fontFamily}`;
  if (!known.has(key)) {
    const labels = edges.slice(1).map((end, row) => labelOfRow(tokens, edges[row], end));
    known.set(key, textWidth(host, labels, fontSize));
  }
  return Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, known.get(key) + 2 * TEXT_PADDING));
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
  let widest = 0;
  for (const text of texts) widest = Math.max(widest, context.measureText(text).width);
  return Math.ceil(widest);
}
