// The SVG elements of a token column's rows.

import { numRows, rowAt } from "../core/geometry/rows.js";
import { accessibleNameOfRow, tooltipOfRow } from "../core/text/label.js";
import { TEXT_PADDING } from "./text_width.js";

/** @typedef {import("../drawing/element.js").Group} Group */
/** @typedef {import("./token_column.js").ColumnOptions} ColumnOptions */
/** @typedef {import("./token_column.js").ColumnState} ColumnState */

/**
 * The datum of a row's element: the row holds the tokens from `begin` to before `end`.
 * @typedef {{row: number, begin: number, end: number}} TokenRow
 */

/** @typedef {import("d3").Selection<SVGGElement, TokenRow, SVGGElement, unknown>} TokenSelection */

/**
 * Draw the visible rows, and the row that has the focus, so that the focus stays in the document.
 * @param {Group} group
 * @param {ColumnState} state
 */
export function drawRows(group, { isInteractive, options, visible, tabStop, focused }) {
  if (!options) return;
  const { tokens, column, x, isHidden = () => false, isUnaligned = () => false } = options;
  const [first, end] = visible;
  const indices = Array.from({ length: end - first }, (_, at) => first + at);
  if (focused !== null && !indices.includes(focused)) indices.push(focused);
  const stop = indices.includes(tabStop) ? tabStop : first;
  const token = joinRows(group, indices, column.rows.edges)
    .classed("bertviz-special", ({ begin, end }) => end - begin === 1 && tokens[begin].special)
    .classed("bertviz-hidden-key", ({ begin, end }) => areAll(begin, end, isHidden))
    .classed("bertviz-unaligned", ({ begin, end }) => areAll(begin, end, isUnaligned))
    .classed("bertviz-pooled", ({ begin, end }) => end - begin > 1)
    .classed("bertviz-written", ({ begin }) => tokens[begin].written ?? false)
    .attr("role", isInteractive ? "option" : "listitem")
    .attr("aria-label", ({ begin, end }) => accessibleNameOfRow(tokens, begin, end))
    .attr("aria-posinset", ({ row }) => row + 1)
    .attr("aria-setsize", numRows(column.rows))
    .attr("data-position", ({ begin }) => begin)
    .attr("transform", ({ row }) => `translate(${x} ${column.yOfRow(row)})`);
  if (isInteractive) token.attr("tabindex", ({ row }) => (row === stop ? 0 : -1));
  drawContent(token, options);
  drawWrittenRule(token, options);
}

/**
 * @param {number} begin
 * @param {number} end one past the last position
 * @param {(position: number) => boolean} test
 * @returns {boolean} whether all positions pass the test
 */
function areAll(begin, end, test) {
  for (let position = begin; position < end; position++) if (!test(position)) return false;
  return true;
}

/**
 * Add elements for new rows and remove the elements of rows that are no longer drawn.
 * @param {Group} group
 * @param {number[]} indices of the rows to draw
 * @param {number[]} edges of all rows
 * @returns {TokenSelection} the elements of all drawn rows
 */
function joinRows(group, indices, edges) {
  const rows = indices.map((row) => ({ row, begin: edges[row], end: edges[row + 1] }));
  const joined = group
    .selectAll(".bertviz-token")
    .data(rows, beginOf)
    .join((enter) => {
      const token = enter.append("g").attr("class", "bertviz-token");
      token.append("rect").attr("class", "bertviz-background");
      token.append("rect").attr("class", "bertviz-hit-area");
      token.append("text").attr("dy", "0.35em");
      token.append("title");
      return token;
    });
  return /** @type {TokenSelection} */ (/** @type {unknown} */ (joined));
}

/**
 * Draw background, pointer area, text and tooltip of each row.
 * @param {TokenSelection} token
 * @param {ColumnOptions} options
 */
function drawContent(token, { tokens, column, label, width, anchor, hitWidth = width }) {
  token
    .selectAll("rect")
    .data(({ row }) => [column.rowHeight(row), column.rowHeight(row)])
    .attr("y", (height) => -height / 2)
    .attr("height", (height) => height);
  token.select(".bertviz-background").attr("width", width);
  token.select(".bertviz-hit-area").attr("width", hitWidth);
  token
    .select("text")
    .attr("x", anchor === "end" ? width - TEXT_PADDING : TEXT_PADDING)
    .attr("text-anchor", anchor)
    .text(({ begin, end }) => label(begin, end));
  token.select("title").text(({ begin, end }) => tooltipOfRow(tokens, begin, end));
}

/**
 * Draw a rule between the reader's tokens and those that the model wrote.
 * @param {TokenSelection} token
 * @param {ColumnOptions} options
 */
function drawWrittenRule(token, { tokens, column, width }) {
  const isWritten = (/** @type {number} */ row) => tokens[column.rows.edges[row]].written ?? false;
  token
    .selectAll("line")
    .data(({ row }) =>
      row > 0 && isWritten(row) && !isWritten(row - 1) ? [-column.rowHeight(row) / 2] : [],
    )
    .join("line")
    .attr("class", "bertviz-written-rule")
    .attr("x2", width)
    .attr("y1", (y) => y)
    .attr("y2", (y) => y);
}

/**
 * Mark the highlighted, pinned and masked rows.
 * @param {Group} group
 * @param {ColumnState} state
 */
export function drawMarks(group, { isInteractive, options, marks }) {
  if (!options) return;
  const { rows } = options.column;
  const { highlighted, isPinned, isMasked } = marks;
  const begins = new Set(highlighted.map((position) => rows.edges[rowAt(rows, position)]));
  const tokens = group.selectAll(".bertviz-token");
  const isHighlighted = (/** @type {unknown} */ datum) => begins.has(beginOf(datum));
  tokens
    .classed("bertviz-highlighted", isHighlighted)
    .classed("bertviz-pinned", (datum) => isPinned && isHighlighted(datum))
    .classed("bertviz-masked", (datum) => isMasked?.(beginOf(datum)) ?? false);
  if (isInteractive) {
    tokens.attr("aria-selected", (datum) => String(isPinned && isHighlighted(datum)));
  }
}

/**
 * Return the position of the first token of a row.
 * @param {unknown} datum of a row's element
 * @returns {number}
 */
export function beginOf(datum) {
  return /** @type {TokenRow} */ (datum).begin;
}
