// Static pictures with titles above them, as parts of a larger picture.

import { svgElement } from "./svg_element.js";
import { textBlock } from "./text_block.js";

/** @typedef {import("./picture_theme.js").PictureTheme} PictureTheme */
/** @typedef {import("./static_picture.js").StaticPicture} StaticPicture */

/** Size of the letters of the titles, and space below the highest title, in pixels. */
const [SIZE, GAP] = [13, 6];

/**
 * Return pictures with titles above them. The pictures are at the same height below their titles.
 * @param {StaticPicture[]} pictures at least one
 * @param {string[]} titles untrusted texts
 * @param {PictureTheme} theme
 * @returns {StaticPicture[]}
 */
export function titledPictures(pictures, titles, { text: color, font }) {
  const style = { color, font, size: SIZE, weight: 600 };
  const blocks = pictures.map(({ element, width }, at) =>
    textBlock(element.ownerDocument, [titles[at]], style, width),
  );
  const top = GAP + Math.max(...blocks.map(({ height }) => height));
  return pictures.map((picture, at) => {
    const { ownerDocument: document } = picture.element;
    const moved = svgElement(document, "g", { transform: `translate(0 ${top})` });
    moved.append(picture.element);
    const element = svgElement(document, "g", {});
    element.append(blocks[at].element, moved);
    return { element, width: picture.width, height: top + picture.height };
  });
}
