// A view's picture as an SVG or PNG file, with the texts around it that the reader has chosen.

import { withResolution } from "../core/export/png_resolution.js";
import { PICTURE_WIDTHS, pageContentWidth } from "../core/geometry/picture_page.js";
import { captionOf } from "../core/text/caption.js";
import { shownParts } from "../core/text/figure_title.js";
import { filterInWords } from "../core/text/filter_in_words.js";
import { scoreScaleText } from "../core/text/score_scale.js";
import { changeScaleText, weightScaleText } from "../core/text/weight_scale.js";
import { captionedPicture, smallestText } from "../drawing/captioned_picture.js";
import { pictureTheme } from "../drawing/picture_theme.js";

/** @typedef {import("../core/geometry/picture_page.js").PictureWidth} PictureWidth */
/** @typedef {import("../drawing/captioned_picture.js").CaptionedPicture} CaptionedPicture */
/** @typedef {import("../drawing/picture_theme.js").ThemeName} ThemeName */
/** @typedef {import("./saving.js").ViewExport} ViewExport */

/**
 * How the reader wants a picture.
 * @typedef {object} PictureOptions
 * @property {ThemeName} theme whatever the page's theme is
 * @property {PictureWidth} width
 * @property {boolean} title
 * @property {boolean} caption
 * @property {boolean} scale whether the scale of weights is drawn
 */

/** Pixels of a PNG per CSS pixel of the screen, unless the PNG would be too large. */
const PIXEL_RATIO = 2;
/** Pixels per inch of a PNG that has a width on paper, unless the PNG would be too large. */
const PRINT_RESOLUTION = 300;
/** CSS pixels per inch. */
const CSS_RESOLUTION = 96;
/** Bounds that browsers have for a canvas: its area and its longer side, in pixels. */
const [MAX_PIXELS, MAX_SIDE] = [2 ** 24, 2 ** 14];

/**
 * Draw a view's picture with its texts.
 * @param {ViewExport} what
 * @param {HTMLElement} root of the view
 * @param {PictureOptions} options
 * @returns {Promise<CaptionedPicture>}
 */
export async function drawPicture(what, root, { theme: name, width, title, caption, scale }) {
  const { trace, attentionPart, titleParts, legend = [], getNotes, staticPicture } = what;
  const { scoreScale = null, scaleHeads, mean = false, isDifference = false } = what;
  const scaleText = isDifference ? changeScaleText : weightScaleText;
  const theme = pictureTheme(root, name);
  const style = { theme, width: pageContentWidth(width) };
  const { manifest } = trace;
  const notes = [
    ...((await getNotes?.(style)) ?? []),
    ...filterInWords(what.shownFilter, manifest),
  ];
  const texts = {
    title: shownParts(titleParts, attentionPart).join(", "),
    legend,
    scale: scale && scaleHeads > 0 ? scaleText(scaleHeads, mean) : "",
    isDifference,
    scores: scoreScale && scoreScaleText(scoreScale),
    caption: [...notes, ...captionOf(manifest)],
    drawn: { title, caption },
  };
  const picture = await staticPicture(style);
  return captionedPicture(picture, texts, theme, width);
}

/**
 * Return a sentence about the size of a picture on paper.
 * @param {CaptionedPicture} picture
 * @param {PictureWidth} width
 * @returns {string} empty for a picture that is as wide as on the screen
 */
export function sizeOnPaper(picture, width) {
  const millimeters = PICTURE_WIDTHS[width];
  if (millimeters === null) return "";
  const points = smallestText(picture).toFixed(1);
  return `Saved ${millimeters} mm wide. The smallest text has ${points} points.`;
}

/**
 * Return a picture as an SVG file.
 * @param {CaptionedPicture} picture
 * @returns {Blob}
 */
export function svgFile({ svg }) {
  const text = new XMLSerializer().serializeToString(svg);
  return new Blob([text], { type: "image/svg+xml" });
}

/**
 * Return a picture as a PNG file.
 * @param {CaptionedPicture} picture
 * @param {PictureWidth} width
 * @returns {Promise<Blob>}
 */
export async function pngFile(picture, width) {
  const { page, height } = picture;
  const isOnPaper = width !== "screen";
  const wanted = isOnPaper ? PRINT_RESOLUTION / CSS_RESOLUTION / page.unit : PIXEL_RATIO;
  const [area, side] = [page.width * height, Math.max(page.width, height)];
  const ratio = Math.min(wanted, Math.sqrt(MAX_PIXELS / area), MAX_SIDE / side);
  const png = await rasterize(picture, Math.floor(page.width * ratio), Math.floor(height * ratio));
  return isOnPaper ? withResolution(png, ratio * page.unit * CSS_RESOLUTION) : png;
}

/**
 * @param {CaptionedPicture} picture
 * @param {number} width pixels
 * @param {number} height pixels
 * @returns {Promise<Blob>}
 */
async function rasterize(picture, width, height) {
  const url = URL.createObjectURL(svgFile(picture));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = picture.svg.ownerDocument.createElement("canvas");
    canvas.width = width;
    canvas.height = height;
    canvas.getContext("2d")?.drawImage(image, 0, 0, width, height);
    const blob = await new Promise((/** @type {BlobCallback} */ resolve) => canvas.toBlob(resolve));
    if (!blob) throw new Error("The picture is too large for a PNG: save it as SVG.");
    return blob;
  } finally {
    URL.revokeObjectURL(url);
  }
}
