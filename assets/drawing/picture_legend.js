// The legends of a saved picture: the colors of heads, and the scales of weights and of scores.

import { svgElement } from "./svg_element.js";
import { measure, textElement } from "./text_block.js";

/** @typedef {import("../core/geometry/picture_page.js").PicturePage} PicturePage */
/** @typedef {import("./picture_theme.js").PictureTheme} PictureTheme */
/** @typedef {import("./text_block.js").Block} Block */

/** @typedef {{text: string, color: string}} LegendEntry */

/** Width and height of the bar of the scale of weights, in sizes of its letters. */
const [BAR_WIDTH, BAR_HEIGHT] = [5, 0.8];
/** Height of the bar of the scale of scores, in sizes of its letters. */
const SCORE_BAR_HEIGHT = 0.25;
/** Space between the parts of the scale, in sizes of its letters. */
const SPACE = 0.5;

/**
 * Draw colored squares that contain texts, like the squares of the view.
 * @param {Document} document
 * @param {LegendEntry[]} entries
 * @param {PictureTheme} theme
 * @param {PicturePage} page
 * @returns {Block}
 */
export function colorLegend(document, entries, { font }, { legend, square, contentWidth }) {
  const text = { "font-family": font, "font-size": legend, fill: "#fff" };
  const element = svgElement(document, "g", text);
  const columns = Math.floor(contentWidth / square);
  entries.forEach(({ text, color }, index) => {
    const x = (index % columns) * square;
    const y = Math.floor(index / columns) * square;
    const center = { x: x + square / 2, y: y + square / 2 };
    const anchor = { dy: "0.35em", "text-anchor": "middle" };
    element.append(
      svgElement(document, "rect", { x, y, width: square, height: square, fill: color }),
      textElement(document, "text", { ...center, ...anchor }, text),
    );
  });
  return { element, height: Math.ceil(entries.length / columns) * square };
}

/**
 * Draw the scale of weights: what the opacity of a line shows, and a bar from 0 to 1.
 * @param {Document} document
 * @param {string} name of the scale
 * @param {PictureTheme} theme
 * @param {PicturePage} page
 * @returns {Block}
 */
export function weightScale(document, name, theme, page) {
  const id = `weight-scale-${theme.name}`;
  const paint = { fill: `url(#${id})`, stroke: theme.muted };
  const block = scale(document, [name, "1"], paint, BAR_HEIGHT, theme, page);
  block.element.prepend(gradient(document, id, theme.text));
  return block;
}

/**
 * Draw the scale of bars: which score they show, and the longest bar.
 * @param {Document} document
 * @param {{name: string, max: string, progress: string}} texts
 * @param {PictureTheme} theme
 * @param {PicturePage} page
 * @returns {Block}
 */
export function scoreScale(document, { name, max, progress }, theme, page) {
  const end = progress ? `${max} (${progress})` : max;
  return scale(document, [name, end], { fill: theme.muted }, SCORE_BAR_HEIGHT, theme, page);
}

/**
 * @param {Document} document
 * @param {[name: string, max: string]} texts
 * @param {import("./svg_element.js").Attributes} paint of the bar
 * @param {number} barHeight in sizes of the letters
 * @param {PictureTheme} theme
 * @param {PicturePage} page
 * @returns {Block}
 */
function scale(document, [name, max], paint, barHeight, { font, text: color, muted }, page) {
  const { caption: size } = page;
  const style = { "font-family": font, "font-size": size, fill: muted };
  const element = svgElement(document, "g", style);
  const begin = measure(document, { font, size, color })(`${name} 0`) + SPACE * size;
  const end = begin + BAR_WIDTH * size;
  // A low bar is in the middle of the letters.
  const [y, height] = [size, barHeight * size];
  const top = size - ((BAR_HEIGHT + barHeight) / 2) * size;
  element.append(
    textElement(document, "text", { x: 0, y }, `${name} 0`),
    svgElement(document, "rect", { x: begin, y: top, width: end - begin, height, ...paint }),
    textElement(document, "text", { x: end + SPACE * size, y }, max),
  );
  return { element, height: Math.ceil(1.2 * size) };
}

/**
 * @param {Document} document
 * @param {string} id
 * @param {string} color at the right end; the left end is transparent
 */
function gradient(document, id, color) {
  const element = svgElement(document, "linearGradient", { id });
  for (const opacity of [0, 1]) {
    const stop = { offset: opacity, "stop-color": color, "stop-opacity": opacity };
    element.append(svgElement(document, "stop", stop));
  }
  return element;
}
