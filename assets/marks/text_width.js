// The width of texts, measured without drawing them.

import { MIN_TOKEN_WIDTH } from "../core/geometry/token_widths.js";
import { fittingLabelOfRow, labelOfRow } from "../core/text/label.js";

/** @typedef {import("../core/data/wire.js").Token} Token */
/** @typedef {import("../core/geometry/rows.js").Rows} Rows */

/** Space between a token's text and the edge of its column, in pixels. */
export const TEXT_PADDING = 8;
/** Maximum width of a token column, in pixels. */
const MAX_WIDTH = 190;

/** Minimum space between a label and the edge of its column, in pixels. */
const MIN_PADDING = 2;

/** @type {WeakMap<Token[], Map<string, number>>} measured widths: labels are measured only once */
const widths = new WeakMap();

/**
 * Return the width that a column needs for its labels, within bounds, in pixels.
 * @param {Element} host an element with the labels' font family
 * @param {Token[]} tokens of the whole axis
 * @param {Rows} rows of the tokens
 * @param {number} fontSize pixels
 * @returns {number}
 */
export function columnWidth(host, tokens, rows, fontSize) {
  const width = labelsWidth(host, tokens, rows, fontSize) + 2 * TEXT_PADDING;
  return Math.min(MAX_WIDTH, Math.max(MIN_TOKEN_WIDTH, width));
}

/**
 * Return a function that returns the label of a row, cut if it is wider than its column.
 * @param {Element} host an element with the labels' font family
 * @param {Token[]} tokens of the whole axis
 * @param {Rows} rows of the tokens
 * @param {number} fontSize pixels
 * @param {number} width of the column, in pixels
 * @returns {(begin: number, end: number) => string} of the row's first token, and one past the last
 */
export function labelsInColumn(host, tokens, rows, fontSize, width) {
  const maxWidth = width - TEXT_PADDING - MIN_PADDING;
  const known = knownWidths(tokens).get(widthKey(host, rows, fontSize));
  // The width of all labels of a long text takes longer than a frame, and a column draws only those that
  // are visible.
  if (known !== undefined && known <= maxWidth) {
    return (begin, end) => labelOfRow(tokens, begin, end);
  }
  const context = contextWithFont(host, fontSize);
  const fits = (/** @type {string} */ label) => context.measureText(label).width <= maxWidth;
  return (begin, end) => fittingLabelOfRow(tokens, begin, end, fits);
}

/**
 * Return the width of the longest label of a column.
 * @param {Element} host an element with the labels' font family
 * @param {Token[]} tokens of the whole axis
 * @param {Rows} rows of the tokens
 * @param {number} fontSize pixels
 * @returns {number} whole pixels
 */
function labelsWidth(host, tokens, rows, fontSize) {
  const known = knownWidths(tokens);
  const key = widthKey(host, rows, fontSize);
  const { edges } = rows;
  const width =
    known.get(key) ??
    textWidth(
      host,
      edges.slice(1).map((end, row) => labelOfRow(tokens, edges[row], end)),
      fontSize,
    );
  known.set(key, width);
  return width;
}

/**
 * Return the measured widths of the labels of an axis.
 * @param {Token[]} tokens
 * @returns {Map<string, number>} pixels, by `widthKey`
 */
function knownWidths(tokens) {
  const known = widths.get(tokens) ?? new Map();
  widths.set(tokens, known);
  return known;
}

/**
 * Return what the width of the longest label of an axis depends on.
 * @param {Element} host
 * @param {Rows} rows
 * @param {number} fontSize
 * @returns {string}
 */
function widthKey(host, { edges, size }, fontSize) {
  return `${edges[0]} ${edges.at(-1)} ${size} ${fontSize} ${getComputedStyle(host).fontFamily}`;
}

/**
 * Return a function that cuts texts to as many letters as fit into a width, at least two.
 * @param {Element} host an element with the texts' font family
 * @param {number} fontSize pixels
 * @param {number} width pixels
 * @returns {(textOf: (maxLetters: number) => string, maxLetters: number) => string} `textOf` returns a text,
 *   cut if it is longer
 */
export function textFitter(host, fontSize, width) {
  const context = contextWithFont(host, fontSize);
  return (textOf, maxLetters) => {
    let letters = maxLetters;
    let text = textOf(letters);
    while (letters > 2 && context.measureText(text).width > width) text = textOf(--letters);
    return text;
  };
}

/**
 * Return the width of the longest text, rounded up to whole pixels.
 * @param {Element} host an element with the texts' font family
 * @param {string[]} texts
 * @param {number} fontSize pixels
 * @returns {number}
 */
export function textWidth(host, texts, fontSize) {
  const context = contextWithFont(host, fontSize);
  let widest = 0;
  for (const text of texts) widest = Math.max(widest, context.measureText(text).width);
  return Math.ceil(widest);
}

/**
 * Return a context that measures texts.
 * @param {Element} host an element with the texts' font family
 * @param {number} fontSize pixels
 * @returns {CanvasRenderingContext2D}
 */
function contextWithFont(host, fontSize) {
  const context = /** @type {CanvasRenderingContext2D} */ (
    host.ownerDocument.createElement("canvas").getContext("2d")
  );
  context.font = `${fontSize}px ${getComputedStyle(host).fontFamily}`;
  return context;
}
