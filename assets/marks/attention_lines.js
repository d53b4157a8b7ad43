// Attention as straight lines from queries to keys. Overlapping lines add up as BertViz's do; lines
// too faint to change a pixel or out of sight are left out.

import { rowsInSight } from "../core/geometry/layout.js";
import { numRows } from "../core/geometry/rows.js";

/** @typedef {import("../core/geometry/layout.js").BipartiteLayout} BipartiteLayout */
/** @typedef {import("../core/geometry/head_lines.js").HeadLines} HeadLines */
/** @typedef {import("../drawing/figure.js").Sheet} Sheet */
/** @typedef {import("../drawing/line_renderer.js").LineRenderer} LineRenderer */

/**
 * Rows up to which lines are drawn that only pass by, from a row above to one below. In longer texts
 * they would be thousands, and hide those of the rows in sight.
 */
const MOST_PASSED = 256;

/** Milliseconds that lines may take of one frame: what takes 50 is felt. */
const BUDGET = 30;

/**
 * @typedef {object} RowPlace
 * @property {"query" | "key"} axis
 * @property {number} row
 */

/**
 * A head whose lines are drawn.
 * @typedef {object} DrawnHead
 * @property {HeadLines} lines
 * @property {string} color
 */

/**
 * All lines of some heads that have to do with what is in sight; yields when they have taken their
 * share of a frame.
 * @param {Sheet} sheet
 * @param {BipartiteLayout} layout
 * @param {DrawnHead[]} heads
 * @param {number} width of a line
 * @returns {Generator<void, void>}
 */
export function* drawHeads(sheet, layout, heads, width) {
  const { queries, keys } = layout;
  const { inSight } = sheet;
  const hasPassing = Math.max(numRows(queries.rows), numRows(keys.rows)) <= MOST_PASSED;
  const [first, last] = hasPassing ? [0, numRows(queries.rows)] : rowsInSight(queries, inSight);
  const [firstKey, lastKey] = hasPassing ? [0, 0] : rowsInSight(keys, inSight);
  // And of the keys in sight what queries out of sight have to do with them.
  const places = [...placesOn("query", first, last), ...placesOn("key", firstKey, lastKey)];
  const isDrawn = (/** @type {number} */ query) => query >= first && query < last;
  const renderer = lineRendererFor(sheet, layout, width);
  try {
    let end = performance.now() + BUDGET;
    for (const { lines, color } of heads) {
      renderer.setColor(color);
      for (const place of places) {
        if (performance.now() > end) {
          renderer.show();
          yield;
          end = performance.now() + BUDGET;
        }
        const isLeftOut = place.axis === "key" ? isDrawn : undefined;
        drawLinesOf(renderer, layout, lines, place, 1 / heads.length, isLeftOut);
      }
    }
    renderer.show();
  } finally {
    renderer.release();
  }
}

/**
 * The lines of one row alone.
 * @param {Sheet} sheet
 * @param {BipartiteLayout} layout
 * @param {DrawnHead[]} heads
 * @param {RowPlace} place
 * @param {number} width of a line
 */
export function drawRow(sheet, layout, heads, place, width) {
  const renderer = lineRendererFor(sheet, layout, width);
  for (const { lines, color } of heads) {
    renderer.setColor(color);
    drawLinesOf(renderer, layout, lines, place, 1 / heads.length);
  }
  renderer.show();
  renderer.release();
}

/**
 * @param {Sheet} sheet
 * @param {BipartiteLayout} layout
 * @param {number} width of a line
 * @returns {LineRenderer} for all that is in sight between both columns
 */
function lineRendererFor(sheet, { x1, x2 }, width) {
  const [top, bottom] = sheet.inSight;
  return sheet.takeLineRenderer([x1 - width, top, x2 + width, bottom], width);
}

/**
 * @param {"query" | "key"} axis
 * @param {number} first
 * @param {number} last one past it
 * @returns {RowPlace[]}
 */
function placesOn(axis, first, last) {
  return Array.from({ length: last - first }, (_, at) => ({ axis, row: first + at }));
}

/**
 * What one head draws of one row.
 * @param {LineRenderer} renderer
 * @param {BipartiteLayout} layout
 * @param {HeadLines} lines
 * @param {RowPlace} place
 * @param {number} share factor from weight to opacity
 * @param {(other: number) => boolean} [isLeftOut] of the rows on the other side
 */
function drawLinesOf(renderer, layout, lines, { axis, row }, share, isLeftOut = () => false) {
  const { x1, x2, queries, keys } = layout;
  const { others, weights } = lines.of(axis, row);
  const [own, opposite] = axis === "query" ? [queries, keys] : [keys, queries];
  const y = own.y(row);
  others.forEach((other, at) => {
    if (isLeftOut(other)) return;
    const [y1, y2] = axis === "query" ? [y, opposite.y(other)] : [opposite.y(other), y];
    renderer.line(x1, y1, x2, y2, weights[at] * share);
  });
}
