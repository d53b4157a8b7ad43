// Adds a title, a legend and a caption to a static picture, for a file of its own.

import { appendElement } from "./element.js";
import { xmlText } from "./snapshot.js";
import { svgElement } from "./svg_element.js";

/** @typedef {import("./static_picture.js").StaticPicture} StaticPicture */
/** @typedef {import("./svg_element.js").Attributes} Attributes */

/**
 * The texts around a picture.
 * @typedef {object} PictureTexts
 * @property {string} title
 * @property {LegendEntry[]} legend empty for a picture without a legend
 * @property {string[]} caption paragraphs of untrusted text
 */

/** @typedef {{text: string, color: string}} LegendEntry */

/**
 * @typedef {object} Theme
 * @property {string} text color of the title
 * @property {string} muted color of the caption
 * @property {string} background color
 * @property {string} font family
 */

/**
 * @typedef {object} Block
 * @property {SVGElement} element whose top left corner is at 0, 0
 * @property {number} height pixels
 */

/** Pixels around everything, and between two parts. */
const [MARGIN, GAP] = [16, 12];
/** Pixels of width at least, so that several words of a caption fit in a line. */
const MIN_WIDTH = 420;
/** Pixels of a square of the legend. */
const SQUARE_SIZE = 24;
/** Lines of a paragraph before it is cut. The description in the file has the whole text. */
const MAX_LINES = 8;

/**
 * Return a picture with its title, legend and caption as a complete SVG file.
 * @param {HTMLElement} root of the view, whose fonts and colors the texts have
 * @param {StaticPicture} picture
 * @param {PictureTexts} texts
 * @returns {SVGElement}
 */
export function captionedPicture(root, picture, { title, legend, caption }) {
  const document = root.ownerDocument;
  const theme = themeOf(root);
  const width = Math.max(MIN_WIDTH, Math.ceil(picture.width));
  const titleStyle = { color: theme.text, font: theme.font, size: 15, weight: 600 };
  const captionStyle = { color: theme.muted, font: theme.font, size: 13, weight: 400 };
  const svg = stack(document, width, theme.background, [
    paragraphs(document, [title], titleStyle, width),
    ...(legend.length > 0 ? [legendBlock(document, legend, theme.font, width)] : []),
    { element: picture.element, height: Math.ceil(picture.height) },
    paragraphs(document, caption, captionStyle, width),
  ]);
  svg.prepend(
    textElement(document, "title", {}, title),
    textElement(document, "desc", {}, caption.join("\n")),
  );
  return svg;
}

/**
 * Return an SVG with blocks below each other.
 * @param {Document} document
 * @param {number} width pixels of the blocks
 * @param {string} background color
 * @param {Block[]} blocks
 * @returns {SVGElement}
 */
function stack(document, width, background, blocks) {
  const svg = svgElement(document, "svg", { xmlns: "http://www.w3.org/2000/svg" });
  const rect = svg.appendChild(svgElement(document, "rect", { fill: background }));
  let y = MARGIN;
  for (const { element, height } of blocks) {
    const group = svgElement(document, "g", { transform: `translate(${MARGIN} ${y})` });
    group.append(element);
    svg.append(group);
    y += height + GAP;
  }
  const size = { width: width + 2 * MARGIN, height: y - GAP + MARGIN };
  for (const [name, value] of Object.entries(size)) {
    svg.setAttribute(name, String(value));
    rect.setAttribute(name, String(value));
  }
  svg.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
  return svg;
}

/**
 * @param {HTMLElement} root
 * @returns {Theme}
 */
function themeOf(root) {
  // An element resolves colors that a style sheet computes from other colors.
  const probe = appendElement(root, "p", "bertviz-message bertviz-page-background");
  const { color, backgroundColor } = getComputedStyle(probe);
  probe.remove();
  const { color: text, fontFamily } = getComputedStyle(root);
  return { text, muted: color, background: backgroundColor, font: fontFamily };
}

/**
 * @param {Document} document
 * @param {string} tag
 * @param {Attributes} attributes
 * @param {string} text
 */
function textElement(document, tag, attributes, text) {
  const element = svgElement(document, tag, attributes);
  element.textContent = xmlText(text);
  return element;
}

/**
 * Break texts into lines.
 * @param {Document} document
 * @param {string[]} texts
 * @param {{color: string, font: string, size: number, weight: number}} style
 * @param {number} width pixels
 * @returns {Block}
 */
function paragraphs(document, texts, { color, font, size, weight }, width) {
  const family = { "font-family": font, "font-size": size, "font-weight": weight };
  const element = svgElement(document, "text", { fill: color, ...family });
  const context = /** @type {CanvasRenderingContext2D} */ (
    document.createElement("canvas").getContext("2d")
  );
  context.font = `${weight} ${size}px ${font}`;
  const lines = texts.flatMap((text) =>
    breakLines(text, (part) => context.measureText(part).width <= width),
  );
  const lineHeight = size * 1.4;
  lines.forEach((line, row) => {
    const baseline = { x: 0, y: Math.round(row * lineHeight + size) };
    element.append(textElement(document, "tspan", baseline, line));
  });
  return { element, height: Math.ceil(lines.length * lineHeight) };
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

/**
 * Draw a legend of colored squares that contain texts, like the squares of the view.
 * @param {Document} document
 * @param {LegendEntry[]} entries
 * @param {string} font family
 * @param {number} width pixels
 * @returns {Block}
 */
function legendBlock(document, entries, font, width) {
  const element = svgElement(document, "g", { "font-family": font, "font-size": 11, fill: "#fff" });
  const columns = Math.floor(width / SQUARE_SIZE);
  const size = { width: SQUARE_SIZE, height: SQUARE_SIZE };
  entries.forEach(({ text, color }, index) => {
    const x = (index % columns) * SQUARE_SIZE;
    const y = Math.floor(index / columns) * SQUARE_SIZE;
    const center = { x: x + SQUARE_SIZE / 2, y: y + SQUARE_SIZE / 2 };
    const anchor = { dy: "0.35em", "text-anchor": "middle" };
    element.append(
      svgElement(document, "rect", { x, y, ...size, fill: color }),
      textElement(document, "text", { ...center, ...anchor }, text),
    );
  });
  return { element, height: Math.ceil(entries.length / columns) * SQUARE_SIZE };
}
