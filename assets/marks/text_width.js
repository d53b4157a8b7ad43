// The width of texts, measured without drawing them.

import { labelOfRow } from "../core/text/label.js";

/** @typedef {import("../core/data/wire.js").Token} Token */

/** Space between a token's text and the edge of its column, in pixels. */
export const TEXT_PADDING = 8;
/** Bounds of the width of a token column, in pixels. */
const [MIN_WIDTH, MAX_WIDTH] = [56, 190];

/** @type {WeakMap<Token[], Map<string, number>>} measured widths: labels are measured only once */
const widths = new WeakMap();

/**
 * Return the width that a column needs for its labels, within bounds, in pixels.
 * @param {Element} host an element with the labels' font family
 * @param {Token[]} tokens of the whole axis
 * @param {import("../core/geometry/rows.js").Rows} rows of the tokens
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
  return Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, known.get(key) + 2 * TEXT_PADDING));
}

/**
 * Return the width of the longest text, rounded up to whole pixels.
 * @param {Element} host an element with the texts' font family
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
