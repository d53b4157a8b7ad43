// The legends of a saved picture: the colors of heads, and the scale of weights.

import { svgElement } from "./svg_element.js";
import { measure, textElement } from "./text_block.js";

/** @typedef {import("../core/geometry/picture_page.js").PicturePage} PicturePage */
/** @typedef {import("./picture_theme.js").PictureTheme} PictureTheme */
/** @typedef {import("./text_block.js").Block} Block */

/** @typedef {{text: string, color: string}} LegendEntry */

/** Width and height of the bar of the scale, in sizes of its letters. */
const [BAR_WIDTH, BAR_HEIGHT] = [5, 0.8];
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
export function weightScale(document, name, theme, { caption: size }) {
  const { font, text: color, muted } = theme;
  const style = { "font-family": font, "font-size": size, fill: muted };
  const element = svgElement(document, "g", style);
  const id = `weight-scale-${theme.name}`;
  const begin = measure(document, { font, size, color })(`${name} 0`) + SPACE * size;
  const end = begin + BAR_WIDTH * size;
  const [y, height] = [size, BAR_HEIGHT * size];
  const bar = { x: begin, y: y - height, width: end - begin, height };
  element.append(
    gradient(document, id, color),
    textElement(document, "text", { x: 0, y }, `${name} 0`),
    svgElement(document, "rect", { ...bar, fill: `url(#${id})`, stroke: muted }),
    textElement(document, "text", { x: end + SPACE * size, y }, "1"),
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
