// Blocks of text in a saved picture, broken into lines.

import { xmlText } from "./snapshot.js";
import { svgElement } from "./svg_element.js";

/** @typedef {import("./svg_element.js").Attributes} Attributes */

/**
 * A part of a picture.
 * @typedef {object} Block
 * @property {SVGElement} element with its top left corner at (0, 0)
 * @property {number} height in units of the picture
 */

/**
 * @typedef {object} TextStyle
 * @property {string} color
 * @property {string} font family
 * @property {number} size of the letters, in units of the picture
 * @property {number} [weight] of the font, 400 by default
 */

/** Lines of a paragraph before it is cut. The description in the file has the whole text. */
const MAX_LINES = 8;
/** Height of a line as a multiple of the size of its letters. */
const LINE_HEIGHT = 1.4;

/**
 * Break texts into lines.
 * @param {Document} document
 * @param {string[]} texts
 * @param {TextStyle} style
 * @param {number} width in units of the picture
 * @returns {Block}
 */
export function textBlock(document, texts, style, width) {
  const { color, font, size, weight = 400 } = style;
  const family = { "font-family": font, "font-size": size, "font-weight": weight };
  const element = svgElement(document, "text", { fill: color, ...family });
  const widthOf = measure(document, style);
  const lines = texts.flatMap((text) => breakLines(text, (part) => widthOf(part) <= width));
  const lineHeight = size * LINE_HEIGHT;
  lines.forEach((line, row) => {
    const baseline = { x: 0, y: Math.round(row * lineHeight + size) };
    element.append(textElement(document, "tspan", baseline, line));
  });
  return { element, height: Math.ceil(lines.length * lineHeight) };
}

/**
 * Return an element with a text.
 * @param {Document} document
 * @param {string} tag
 * @param {Attributes} attributes
 * @param {string} text
 */
export function textElement(document, tag, attributes, text) {
  const element = svgElement(document, tag, attributes);
  element.textContent = xmlText(text);
  return element;
}

/**
 * Return a function that returns the width of a text.
 * @param {Document} document
 * @param {TextStyle} style
 * @returns {(text: string) => number}
 */
export function measure(document, { font, size, weight = 400 }) {
  const context = /** @type {CanvasRenderingContext2D} */ (
    document.createElement("canvas").getContext("2d")
  );
  context.font = `${weight} ${size}px ${font}`;
  return (text) => context.measureText(text).width;
}

/**
 * @param {string} text
 * @param {(part: string) => boolean} fits
 * @returns {string[]} at most `MAX_LINES`
 */
function breakLines(text, fits) {
  const lines = [""];
  // A word that is longer than a line can break at any character.
  const pieces = text.split(/(?<=\s)/).flatMap((word) => (fits(word) ? [word] : [...word]));
  for (const piece of pieces) {
    const line = lines[lines.length - 1] + piece;
    if (fits(line.trimEnd())) lines[lines.length - 1] = line;
    else if (lines.length < MAX_LINES) lines.push(piece);
    else {
      lines[lines.length - 1] = `${lines[lines.length - 1].slice(0, -2)}…`;
      break;
    }
  }
  return lines.map((line) => line.trimEnd());
}
