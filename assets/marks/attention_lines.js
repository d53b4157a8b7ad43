// Attention as straight lines from queries to keys. Overlapping lines add up as BertViz's do; lines
// too faint to change a pixel or out of sight are left out.

import { visibleRows } from "../core/geometry/column_layout.js";
import { numRows } from "../core/geometry/rows.js";

/** @typedef {import("../core/geometry/bipartite_layout.js").BipartiteLayout} BipartiteLayout */
/** @typedef {import("../core/geometry/head_lines.js").HeadLines} HeadLines */
/** @typedef {import("../drawing/figure_canvas.js").FigureSurface} FigureSurface */
/** @typedef {import("../drawing/surface.js").LineRenderer} LineRenderer */

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
 * @param {FigureSurface} surface
 * @param {BipartiteLayout} layout
 * @param {DrawnHead[]} heads
 * @param {number} width of a line
 * @returns {Generator<void, void>}
 */
export function* drawHeads(surface, layout, heads, width) {
  const { queries, keys } = layout;
  const { viewport } = surface;
  const hasPassing = Math.max(numRows(queries.rows), numRows(keys.rows)) <= MOST_PASSED;
  const [first, last] = hasPassing ? [0, numRows(queries.rows)] : visibleRows(queries, viewport);
  const [firstKey, lastKey] = hasPassing ? [0, 0] : visibleRows(keys, viewport);
  // And of the keys in sight what queries out of sight have to do with them.
  const places = [...placesOn("query", first, last), ...placesOn("key", firstKey, lastKey)];
  const isDrawn = (/** @type {number} */ query) => query >= first && query < last;
  const renderer = lineRendererFor(surface, layout, width);
  try {
    let end = performance.now() + BUDGET;
    for (const { lines, color } of heads) {
      renderer.setColor(color);
      for (const place of places) {
        if (performance.now() > end) {
          renderer.flush();
          yield;
          end = performance.now() + BUDGET;
        }
        const isLeftOut = place.axis === "key" ? isDrawn : undefined;
        drawLinesOf(renderer, layout, lines, place, 1 / heads.length, isLeftOut);
      }
    }
    renderer.flush();
  } finally {
    renderer.release();
  }
}

/**
 * The lines of one row alone.
 * @param {FigureSurface} surface
 * @param {BipartiteLayout} layout
 * @param {DrawnHead[]} heads
 * @param {RowPlace} place
 * @param {number} width of a line
 */
export function drawRow(surface, layout, heads, place, width) {
  const renderer = lineRendererFor(surface, layout, width);
  for (const { lines, color } of heads) {
    renderer.setColor(color);
    drawLinesOf(renderer, layout, lines, place, 1 / heads.length);
  }
  renderer.flush();
  renderer.release();
}

/**
 * @param {FigureSurface} surface
 * @param {BipartiteLayout} layout
 * @param {number} width of a line
 * @returns {LineRenderer} for all that is in sight between both columns
 */
function lineRendererFor(surface, { x1, x2 }, width) {
  const [top, bottom] = surface.viewport;
  return surface.createLineRenderer([x1 - width, top, x2 + width, bottom], width);
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
  const { others, weights } = lines.linesOfRow(axis, row);
  const [own, opposite] = axis === "query" ? [queries, keys] : [keys, queries];
  const y = own.yOfRow(row);
  others.forEach((other, at) => {
    if (isLeftOut(other)) return;
    const [y1, y2] = axis === "query" ? [y, opposite.yOfRow(other)] : [opposite.yOfRow(other), y];
    renderer.line(x1, y1, x2, y2, weights[at] * share);
  });
}
