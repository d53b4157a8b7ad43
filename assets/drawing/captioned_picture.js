// A static picture with a title over it and a caption under it: what it needs away from the page.

import { appendElement } from "./element.js";
import { xmlText } from "./snapshot.js";
import { svgElement } from "./svg_element.js";

/** @typedef {import("./static_picture.js").StaticPicture} StaticPicture */

/**
 * What stands around a picture.
 * @typedef {object} Words
 * @property {string} title
 * @property {LegendEntry[]} legend what colours stand for, if they do
 * @property {string[]} caption paragraphs, anyone's text
 */

/** @typedef {{text: string, color: string}} LegendEntry */

/** Pixels around everything, and between its parts. */
const [MARGIN, GAP] = [16, 12];
/** Pixels of width at least, so that a caption is more than a word wide. */
const LEAST_WIDTH = 420;
/** Pixels of a square of the legend. */
const SQUARE = 24;
/** Lines of a caption before it is cut; all of its text is in the file's description. */
const MOST_LINES = 8;

/**
 * @param {HTMLElement} root of a view, whose fonts and colours it has
 * @param {StaticPicture} picture
 * @param {Words} words
 * @returns {SVGElement} a whole file
 */
export function captionedPicture(root, picture, { title, legend, caption }) {
  const document = root.ownerDocument;
  const look = lookOf(root);
  const width = Math.max(LEAST_WIDTH, Math.ceil(picture.width));
  const svg = svgElement(document, "svg", { xmlns: "http://www.w3.org/2000/svg" });
  svg.append(
    textElement(document, "title", {}, title),
    textElement(document, "desc", {}, caption.join("\n")),
  );
  const ground = svg.appendChild(svgElement(document, "rect", { fill: look.ground }));
  const place = (/** @type {SVGElement} */ element, /** @type {number} */ height) => {
    const group = svgElement(document, "g", { transform: `translate(${MARGIN} ${y})` });
    group.append(element);
    svg.append(group);
    y += height + GAP;
  };
  let y = MARGIN;
  const over = paragraphs(document, [title], { ...look, size: 15, weight: 600 }, width);
  place(over.element, over.height);
  if (legend.length > 0) {
    const squares = legendOf(document, legend, look, width);
    place(squares.element, squares.height);
  }
  place(picture.element, Math.ceil(picture.height));
  const quiet = { ...look, text: look.muted, size: 13, weight: 400 };
  const under = paragraphs(document, caption, quiet, width);
  place(under.element, under.height);
  const size = { width: width + 2 * MARGIN, height: y - GAP + MARGIN };
  for (const [name, value] of Object.entries(size)) {
    svg.setAttribute(name, String(value));
    ground.setAttribute(name, String(value));
  }
  svg.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
  return svg;
}

/**
 * @typedef {object} Look
 * @property {string} text colour
 * @property {string} muted colour
 * @property {string} ground colour
 * @property {string} font family
 */

/**
 * @param {HTMLElement} root
 * @returns {Look}
 */
function lookOf(root) {
  // An element of the page knows what a colour is that a style sheet makes of others.
  const probe = appendElement(root, "p", "bertviz-message bertviz-ground");
  const { color, backgroundColor } = getComputedStyle(probe);
  probe.remove();
  const { color: text, fontFamily } = getComputedStyle(root);
  return { text, muted: color, ground: backgroundColor, font: fontFamily };
}

/**
 * @param {Document} document
 * @param {string} tag
 * @param {import("./svg_element.js").Attributes} attributes
 * @param {string} text
 */
function textElement(document, tag, attributes, text) {
  const element = svgElement(document, tag, attributes);
  element.textContent = xmlText(text);
  return element;
}

/**
 * Texts, broken into lines.
 * @param {Document} document
 * @param {string[]} texts
 * @param {Look & {size: number, weight: number}} look
 * @param {number} width pixels
 * @returns {{element: SVGElement, height: number}}
 */
function paragraphs(document, texts, { text: fill, font, size, weight }, width) {
  const family = { "font-family": font, "font-size": size, "font-weight": weight };
  const element = svgElement(document, "text", { fill, ...family });
  const context = /** @type {CanvasRenderingContext2D} */ (
    document.createElement("canvas").getContext("2d")
  );
  context.font = `${weight} ${size}px ${font}`;
  const lines = texts.flatMap((text) =>
    linesOf(text, (part) => context.measureText(part).width <= width),
  );
  const height = size * 1.4;
  lines.forEach((line, row) => {
    const at = { x: 0, y: Math.round(row * height + size) };
    element.append(textElement(document, "tspan", at, line));
  });
  return { element, height: Math.ceil(lines.length * height) };
}

/**
 * @param {string} text
 * @param {(part: string) => boolean} fits
 * @returns {string[]} as many lines as a caption may have
 */
function linesOf(text, fits) {
  const lines = [""];
  // A word that is longer than a line is broken anywhere.
  const pieces = text.split(/(?<=\s)/).flatMap((word) => (fits(word) ? [word] : [...word]));
  for (const piece of pieces) {
    const line = lines[lines.length - 1] + piece;
    if (fits(line.trimEnd())) lines[lines.length - 1] = line;
    else if (lines.length < MOST_LINES) lines.push(piece);
    else {
      lines[lines.length - 1] = `${lines[lines.length - 1].slice(0, -2)}…`;
      break;
    }
  }
  return lines.map((line) => line.trimEnd());
}

/**
 * Squares of colour with what they stand for on them, as the view has them.
 * @param {Document} document
 * @param {LegendEntry[]} entries
 * @param {Look} look
 * @param {number} width pixels
 * @returns {{element: SVGElement, height: number}}
 */
function legendOf(document, entries, { font }, width) {
  const element = svgElement(document, "g", { "font-family": font, "font-size": 11, fill: "#fff" });
  const columns = Math.floor(width / SQUARE);
  entries.forEach(({ text, color }, index) => {
    const [x, y] = [(index % columns) * SQUARE, Math.floor(index / columns) * SQUARE];
    const middle = { x: x + SQUARE / 2, y: y + SQUARE / 2, dy: "0.35em", "text-anchor": "middle" };
    element.append(
      svgElement(document, "rect", { x, y, width: SQUARE, height: SQUARE, fill: color }),
      textElement(document, "text", middle, text),
    );
  });
  return { element, height: Math.ceil(entries.length / columns) * SQUARE };
}
