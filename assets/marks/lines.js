// Attention as straight lines from queries to keys. One stroke a line, so that overlapping lines
// add up as BertViz's do; lines too faint to change a pixel or out of sight are left out.

import { LEAST_OPACITY } from "../core/color.js";
import { rowsInSight } from "../core/layout.js";
import { numRows } from "../core/rows.js";

/** @typedef {import("../core/layout.js").BipartiteLayout} BipartiteLayout */
/** @typedef {import("../core/lines.js").HeadLines} HeadLines */
/** @typedef {import("./figure.js").InSight} InSight */

/**
 * Rows up to which lines are drawn that only pass by, from a row above to one below. In longer texts
 * they would be thousands, and hide those of the rows in sight.
 */
const MOST_PASSED = 256;

/** Milliseconds that lines may take of one frame. */
const BUDGET = 12;

/**
 * @typedef {object} Pen
 * @property {CanvasRenderingContext2D} context
 * @property {InSight} inSight lines that do not touch it are left out
 * @property {number} x1 where queries stand
 * @property {number} x2 where keys stand
 * @property {number} share factor from weight to opacity
 */

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
 * @param {CanvasRenderingContext2D} context
 * @param {InSight} inSight
 * @param {{x1: number, x2: number, share?: number, width: number}} options
 * @returns {Pen}
 */
export function createPen(context, [top, bottom], { x1, x2, share = 1, width }) {
  context.lineWidth = width;
  return { context, inSight: [top - width, bottom + width], x1, x2, share };
}

/**
 * @param {Pen} pen
 * @param {number} y1 of the query
 * @param {number} y2 of the key
 * @param {number} weight
 */
export function drawLine({ context, inSight: [top, bottom], x1, x2, share }, y1, y2, weight) {
  const opacity = weight * share;
  if (opacity < LEAST_OPACITY) return;
  if ((y1 < top && y2 < top) || (y1 > bottom && y2 > bottom)) return;
  context.globalAlpha = opacity;
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}

/**
 * All lines of some heads that have to do with what is in sight; yields when they have taken their
 * share of a frame.
 * @param {CanvasRenderingContext2D} context
 * @param {InSight} inSight
 * @param {BipartiteLayout} layout
 * @param {DrawnHead[]} heads
 * @param {number} width of a line
 * @returns {Generator<void>}
 */
export function* drawHeads(context, inSight, layout, heads, width) {
  const { queries, keys } = layout;
  const pen = createPen(context, inSight, { ...layout, share: 1 / heads.length, width });
  const hasPassing = Math.max(numRows(queries.rows), numRows(keys.rows)) <= MOST_PASSED;
  const [first, last] = hasPassing ? [0, numRows(queries.rows)] : rowsInSight(queries, inSight);
  const [firstKey, lastKey] = hasPassing ? [0, 0] : rowsInSight(keys, inSight);
  // And of the keys in sight what queries out of sight have to do with them.
  const places = [...placesOn("query", first, last), ...placesOn("key", firstKey, lastKey)];
  const isDrawn = (/** @type {number} */ query) => query >= first && query < last;
  let end = performance.now() + BUDGET;
  for (const { lines, color } of heads) {
    context.strokeStyle = color;
    for (const place of places) {
      if (performance.now() > end) {
        yield;
        end = performance.now() + BUDGET;
      }
      drawLinesOf(pen, layout, lines, place, place.axis === "key" ? isDrawn : undefined);
    }
  }
  context.globalAlpha = 1;
}

/**
 * The lines of one row alone.
 * @param {CanvasRenderingContext2D} context
 * @param {InSight} inSight
 * @param {BipartiteLayout} layout
 * @param {DrawnHead[]} heads
 * @param {RowPlace} place
 * @param {number} width of a line
 */
export function drawRow(context, inSight, layout, heads, place, width) {
  const pen = createPen(context, inSight, { ...layout, share: 1 / heads.length, width });
  for (const { lines, color } of heads) {
    context.strokeStyle = color;
    drawLinesOf(pen, layout, lines, place);
  }
  context.globalAlpha = 1;
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
 * @param {Pen} pen
 * @param {BipartiteLayout} layout
 * @param {HeadLines} lines
 * @param {RowPlace} place
 * @param {(other: number) => boolean} [isLeftOut] of the rows on the other side
 */
function drawLinesOf(pen, { queries, keys }, lines, { axis, row }, isLeftOut = () => false) {
  const { others, weights } = lines.of(axis, row);
  const [own, opposite] = axis === "query" ? [queries, keys] : [keys, queries];
  const y = own.y(row);
  others.forEach((other, at) => {
    if (isLeftOut(other)) return;
    const [y1, y2] = axis === "query" ? [y, opposite.y(other)] : [opposite.y(other), y];
    drawLine(pen, y1, y2, weights[at]);
  });
}
