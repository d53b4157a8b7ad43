// A static picture with a title above it, as a part of a larger picture.

import { svgElement } from "./svg_element.js";
import { textBlock } from "./text_block.js";

/** @typedef {import("./picture_theme.js").PictureTheme} PictureTheme */
/** @typedef {import("./static_picture.js").StaticPicture} StaticPicture */

/** Size of the letters of the title, and space below it, in pixels. */
const [SIZE, GAP] = [13, 6];

/**
 * Return a picture with a title above it.
 * @param {StaticPicture} picture
 * @param {string} title untrusted text
 * @param {PictureTheme} theme
 * @returns {StaticPicture}
 */
export function titledPicture(picture, title, { text: color, font }) {
  const { ownerDocument: document } = picture.element;
  const style = { color, font, size: SIZE, weight: 600 };
  const block = textBlock(document, [title], style, picture.width);
  const y = block.height + GAP;
  const moved = svgElement(document, "g", { transform: `translate(0 ${y})` });
  moved.append(picture.element);
  const element = svgElement(document, "g", {});
  element.append(block.element, moved);
  return { element, width: picture.width, height: y + picture.height };
}
