// Attention as straight lines from queries to keys. Overlapping lines add up as in BertViz. Lines that
// are too faint to change a pixel, or outside the viewport, are not drawn.

import { visibleRows } from "../core/geometry/column_layout.js";
import { numRows } from "../core/geometry/rows.js";

/** @typedef {import("../core/geometry/bipartite_layout.js").BipartiteLayout} BipartiteLayout */
/** @typedef {import("../core/geometry/head_difference.js").HeadDifference} HeadDifference */
/** @typedef {import("../core/geometry/head_lines.js").HeadLines} HeadLines */
/** @typedef {import("../drawing/figure_canvas.js").FigureSurface} FigureSurface */
/** @typedef {import("../drawing/surface.js").LineRenderer} LineRenderer */

/**
 * Number of rows up to which lines that cross the viewport from a row above it to a row below it are
 * drawn. A longer text would have thousands of them, and they would hide the lines of visible rows.
 */
const MAX_ROWS_WITH_CROSSING = 256;

/** Milliseconds of drawing per frame; readers notice a delay of 50 ms. */
const TIME_BUDGET = 30;

/**
 * A row of the query or key column.
 * @typedef {object} AxisRow
 * @property {"query" | "key"} axis
 * @property {number} row
 */

/**
 * @typedef {object} DrawnHead
 * @property {HeadLines | HeadDifference} lines of the head, or of the mean over several heads
 * @property {string} color of weights, and of positive differences
 * @property {string | null} negative the color of negative differences; null for weights
 * @property {number} opacity of a weight or a difference of 1
 */

/**
 * The lines of a head that have one color.
 * @typedef {object} ColoredLines
 * @property {DrawnHead["lines"]} lines
 * @property {string} color
 * @property {number} opacity of a weight or a difference of 1. It is negative for the color of negative
 *   differences: the other lines of the head have a negative opacity then, and change no pixel.
 */

/**
 * Draw all lines of the heads that begin, end or cross inside the viewport. The generator yields when
 * the drawing has taken its share of a frame.
 * @param {FigureSurface} surface
 * @param {BipartiteLayout} layout
 * @param {DrawnHead[]} heads
 * @param {number} width of a line, in pixels
 * @returns {Generator<void, void>}
 */
export function drawHeads(surface, layout, heads, width) {
  return drawLines(surface, layout, heads, rowsToDraw(layout, surface.viewport), width);
}

/**
 * Draw only the lines of some rows of one axis. The generator yields when the drawing has taken its share of a frame.
 * @param {FigureSurface} surface
 * @param {BipartiteLayout} layout
 * @param {DrawnHead[]} heads
 * @param {AxisRow[]} rows
 * @param {number} width of a line, in pixels
 * @returns {Generator<void, void>}
 */
export function drawRows(surface, layout, heads, rows, width) {
  return drawLines(surface, layout, heads, { rows, isQueryDrawn: () => false }, width);
}

/**
 * The rows whose lines are drawn. A line between two of these rows is drawn once, with its query.
 * @typedef {object} RowsToDraw
 * @property {AxisRow[]} rows
 * @property {(query: number) => boolean} isQueryDrawn
 */

/**
 * Return the rows whose lines are drawn. In a long text these are the visible queries, and the visible
 * keys for their lines to queries outside the viewport.
 * @param {BipartiteLayout} layout
 * @param {import("../drawing/viewport.js").Range} viewport
 * @returns {RowsToDraw}
 */
function rowsToDraw({ queries, keys }, viewport) {
  const numQueries = numRows(queries.rows);
  const hasCrossing = Math.max(numQueries, numRows(keys.rows)) <= MAX_ROWS_WITH_CROSSING;
  const [first, end] = hasCrossing ? [0, numQueries] : visibleRows(queries, viewport);
  const [firstKey, endKey] = hasCrossing ? [0, 0] : visibleRows(keys, viewport);
  return {
    rows: [...rowRange("query", first, end), ...rowRange("key", firstKey, endKey)],
    isQueryDrawn: (query) => query >= first && query < end,
  };
}

/**
 * Draw the lines of some rows.
 * @param {FigureSurface} surface
 * @param {BipartiteLayout} layout
 * @param {DrawnHead[]} heads
 * @param {RowsToDraw} rowsToDraw
 * @param {number} width of a line, in pixels
 * @returns {Generator<void, void>}
 */
function* drawLines(surface, layout, heads, { rows, isQueryDrawn }, width) {
  const [top, bottom] = surface.viewport;
  let end = performance.now() + TIME_BUDGET;
  // The part of the viewport between both columns.
  for (const band of surface.bandsOf([layout.x1 - width, top, layout.x2 + width, bottom])) {
    const renderer = surface.createLineRenderer(band, width);
    try {
      for (const { lines, color, opacity } of groupedByColor(heads)) {
        renderer.setColor(color);
        for (const row of rows) {
          if (performance.now() > end) {
            renderer.flush();
            yield;
            end = performance.now() + TIME_BUDGET;
          }
          const isDrawn = row.axis === "key" ? isQueryDrawn : undefined;
          drawLinesOfRow(renderer, layout, lines, row, opacity, isDrawn);
        }
      }
      renderer.flush();
    } finally {
      renderer.release();
    }
  }
}

/**
 * Return the lines of heads in the order of drawing: those of one color together, in the order of each color's
 * first head. The picture then does not depend on the order of the heads of one color.
 * @param {DrawnHead[]} heads
 * @returns {ColoredLines[]}
 */
function groupedByColor(heads) {
  const all = heads.flatMap(({ lines, color, negative, opacity }) => [
    { lines, color, opacity },
    ...(negative ? [{ lines, color: negative, opacity: -opacity }] : []),
  ]);
  const colors = [...new Set(all.map(({ color }) => color))];
  return colors.flatMap((color) => all.filter((each) => each.color === color));
}

/**
 * @param {"query" | "key"} axis
 * @param {number} first
 * @param {number} end one past the last row
 * @returns {AxisRow[]}
 */
function rowRange(axis, first, end) {
  return Array.from({ length: end - first }, (_, at) => ({ axis, row: first + at }));
}

/**
 * Draw the lines of one head that begin or end at a row.
 * @param {LineRenderer} renderer
 * @param {BipartiteLayout} layout
 * @param {DrawnHead["lines"]} lines
 * @param {AxisRow} row
 * @param {number} opacityPerWeight
 * @param {(other: number) => boolean} [isDrawn] whether the line to a row on the other side is drawn
 *   already
 */
function drawLinesOfRow(renderer, layout, lines, { axis, row }, opacityPerWeight, isDrawn) {
  const { x1, x2, queries, keys } = layout;
  const { others, weights } = lines.linesOfRow(axis, row);
  const [own, opposite] = axis === "query" ? [queries, keys] : [keys, queries];
  const y = own.yOfRow(row);
  others.forEach((other, at) => {
    if (isDrawn?.(other)) return;
    const yOther = opposite.yOfRow(other);
    const [y1, y2] = axis === "query" ? [y, yOther] : [yOther, y];
    renderer.line(x1, y1, x2, y2, weights[at] * opacityPerWeight);
  });
}
