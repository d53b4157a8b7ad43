// The legends of a saved picture: the colors of heads, and the scales of weights, changes and scores.

import { BLUE, ORANGE } from "./color.js";
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
  const block = scale(document, [`${name} 0`, "1"], paint, BAR_HEIGHT, theme, page);
  block.element.prepend(
    gradient(document, id, [
      { offset: 0, color: theme.text, opacity: 0 },
      { offset: 1, color: theme.text, opacity: 1 },
    ]),
  );
  return block;
}

/**
 * Draw the scale of changes: what the opacity of a line shows, and a bar from −1 to 1 in the colors of the
 * lines.
 * @param {Document} document
 * @param {string} name of the scale
 * @param {PictureTheme} theme
 * @param {PicturePage} page
 * @returns {Block}
 */
export function changeScale(document, name, theme, page) {
  const id = `change-scale-${theme.name}`;
  const paint = { fill: `url(#${id})`, stroke: theme.muted };
  const block = scale(document, [`${name} −1`, "+1"], paint, BAR_HEIGHT, theme, page);
  const stops = [
    { offset: 0, color: ORANGE, opacity: 1 },
    { offset: 0.5, color: ORANGE, opacity: 0 },
    { offset: 0.5, color: BLUE, opacity: 0 },
    { offset: 1, color: BLUE, opacity: 1 },
  ];
  block.element.prepend(gradient(document, id, stops));
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
  return scale(document, [`${name} 0`, end], { fill: theme.muted }, SCORE_BAR_HEIGHT, theme, page);
}

/**
 * @param {Document} document
 * @param {[begin: string, end: string]} texts before the bar and after it
 * @param {import("./svg_element.js").Attributes} paint of the bar
 * @param {number} barHeight in sizes of the letters
 * @param {PictureTheme} theme
 * @param {PicturePage} page
 * @returns {Block}
 */
function scale(document, [before, after], paint, barHeight, { font, text: color, muted }, page) {
  const { caption: size } = page;
  const style = { "font-family": font, "font-size": size, fill: muted };
  const element = svgElement(document, "g", style);
  const begin = measure(document, { font, size, color })(before) + SPACE * size;
  const end = begin + BAR_WIDTH * size;
  // A low bar is in the middle of the letters.
  const [y, height] = [size, barHeight * size];
  const top = size - ((BAR_HEIGHT + barHeight) / 2) * size;
  element.append(
    textElement(document, "text", { x: 0, y }, before),
    svgElement(document, "rect", { x: begin, y: top, width: end - begin, height, ...paint }),
    textElement(document, "text", { x: end + SPACE * size, y }, after),
  );
  return { element, height: Math.ceil(1.2 * size) };
}

/**
 * @param {Document} document
 * @param {string} id
 * @param {{offset: number, color: string, opacity: number}[]} stops from left to right
 */
function gradient(document, id, stops) {
  const element = svgElement(document, "linearGradient", { id });
  for (const { offset, color, opacity } of stops) {
    const stop = { offset, "stop-color": color, "stop-opacity": opacity };
    element.append(svgElement(document, "stop", stop));
  }
  return element;
}
