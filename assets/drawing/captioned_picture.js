// Adds a title, legends and a caption to a static picture, for a file of its own.

import { pageLength, picturePage, pointsOf } from "../core/geometry/picture_page.js";
import { changeScale, colorLegend, scoreScale, weightScale } from "./picture_legend.js";
import { svgElement } from "./svg_element.js";
import { textBlock, textElement } from "./text_block.js";

/** @typedef {import("../core/geometry/picture_page.js").PicturePage} PicturePage */
/** @typedef {import("../core/geometry/picture_page.js").PictureWidth} PictureWidth */
/** @typedef {import("./picture_legend.js").LegendEntry} LegendEntry */
/** @typedef {import("./picture_theme.js").PictureTheme} PictureTheme */
/** @typedef {import("./static_picture.js").StaticPicture} StaticPicture */
/** @typedef {import("./text_block.js").Block} Block */

/**
 * The texts around a picture.
 * @typedef {object} PictureTexts
 * @property {string} title
 * @property {LegendEntry[]} legend empty for a picture without a legend
 * @property {string} scale name of the scale of weights; empty for a picture without a scale
 * @property {boolean} [isDifference] whether it is the scale of changes of weights
 * @property {{name: string, max: string, progress: string} | null} scores the scale of bars that show
 *   scores; null for a picture without bars
 * @property {string[]} caption paragraphs of untrusted text
 * @property {{title: boolean, caption: boolean}} drawn what is drawn; the file contains both as metadata
 */

/**
 * A picture for a file.
 * @typedef {object} CaptionedPicture
 * @property {SVGElement} svg
 * @property {PicturePage} page
 * @property {number} height in units of the picture
 */

/**
 * Return a picture with its title, legends and caption as a complete SVG file.
 * @param {StaticPicture} picture
 * @param {PictureTexts} texts
 * @param {PictureTheme} theme
 * @param {PictureWidth} width
 * @returns {CaptionedPicture}
 */
export function captionedPicture(picture, texts, theme, width) {
  const { ownerDocument: document } = picture.element;
  const { title, caption } = texts;
  const page = picturePage(picture.width, width);
  const blocks = blocksOf(document, picture, texts, theme, page);
  const { svg, height } = stack(document, blocks, theme, page);
  svg.setAttribute("width", pageLength(page.width, page, width));
  svg.setAttribute("height", pageLength(height, page, width));
  svg.prepend(
    textElement(document, "title", {}, title),
    textElement(document, "desc", {}, caption.join("\n")),
  );
  return { svg, page, height };
}

/**
 * Return the size of the smallest letters on paper, in points.
 * @param {CaptionedPicture} picture
 * @returns {number}
 */
export function smallestText({ svg, page }) {
  const sizes = [...svg.querySelectorAll("text")].map((text) => {
    return Number.parseFloat(text.closest("[font-size]")?.getAttribute("font-size") ?? "");
  });
  return pointsOf(Math.min(...sizes.filter((size) => size > 0)), page);
}

/**
 * @param {Document} document
 * @param {StaticPicture} picture
 * @param {PictureTexts} texts
 * @param {PictureTheme} theme
 * @param {PicturePage} page
 * @returns {Block[]} from top to bottom
 */
function blocksOf(document, picture, texts, theme, page) {
  const { title, legend, scale, isDifference, scores, caption, drawn } = texts;
  const { contentWidth } = page;
  const { text, muted, font } = theme;
  const titleStyle = { color: text, font, size: page.title, weight: 600 };
  const captionStyle = { color: muted, font, size: page.caption };
  const blocks = [];
  if (drawn.title) blocks.push(textBlock(document, [title], titleStyle, contentWidth));
  if (legend.length > 0) blocks.push(colorLegend(document, legend, theme, page));
  blocks.push({ element: inset(picture.element, page.inset), height: Math.ceil(picture.height) });
  const drawScale = isDifference ? changeScale : weightScale;
  if (scale) blocks.push(drawScale(document, scale, theme, page));
  if (scores) blocks.push(scoreScale(document, scores, theme, page));
  if (drawn.caption) blocks.push(textBlock(document, caption, captionStyle, contentWidth));
  return blocks;
}

/**
 * @param {SVGElement} element
 * @param {number} x
 */
function inset(element, x) {
  if (x === 0) return element;
  const moved = svgElement(element.ownerDocument, "g", { transform: `translate(${x} 0)` });
  moved.append(element);
  return moved;
}

/**
 * Return an SVG with blocks below each other.
 * @param {Document} document
 * @param {Block[]} blocks
 * @param {PictureTheme} theme
 * @param {PicturePage} page
 */
function stack(document, blocks, { background }, { width, margin, gap }) {
  const svg = svgElement(document, "svg", { xmlns: "http://www.w3.org/2000/svg" });
  let y = margin;
  for (const { element, height } of blocks) {
    const group = svgElement(document, "g", { transform: `translate(${margin} ${y})` });
    group.append(element);
    svg.append(group);
    y += height + gap;
  }
  const height = y - gap + margin;
  if (background) svg.prepend(svgElement(document, "rect", { width, height, fill: background }));
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  return { svg, height };
}
