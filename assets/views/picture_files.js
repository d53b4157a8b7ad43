// A view's picture as an SVG or PNG file, with a title above it and a caption below it.

import { captionOf } from "../core/text/caption.js";
import { captionedPicture } from "../drawing/captioned_picture.js";

/** @typedef {import("./saving.js").ViewExport} ViewExport */

/** Pixels of a PNG per CSS pixel, unless the PNG would be too large. */
const PIXEL_RATIO = 2;
/** Bounds that browsers have for a canvas: its area and its longer side, in pixels. */
const [MAX_PIXELS, MAX_SIDE] = [2 ** 24, 2 ** 14];

/**
 * Return a view's picture as an SVG file.
 * @param {ViewExport} what
 * @param {HTMLElement} root of the view
 * @returns {Promise<Blob>}
 */
export async function svgFile(what, root) {
  return svgBlob(await pictureOf(what, root));
}

/**
 * Return a view's picture as a PNG file.
 * @param {ViewExport} what
 * @param {HTMLElement} root of the view
 * @returns {Promise<Blob>}
 */
export async function pngFile(what, root) {
  return pngBlob(await pictureOf(what, root));
}

/**
 * @param {ViewExport} what
 * @param {HTMLElement} root
 * @returns {Promise<SVGElement>}
 */
async function pictureOf(what, root) {
  const { trace, attentionPart, titleParts, legend = [], getNotes, staticPicture } = what;
  const title = attentionPart.label === "All" ? titleParts : [...titleParts, attentionPart.label];
  const caption = [...((await getNotes?.()) ?? []), ...captionOf(trace.manifest)];
  return captionedPicture(root, await staticPicture(), {
    title: title.join(", "),
    legend,
    caption,
  });
}

/**
 * @param {SVGElement} svg
 * @returns {Blob}
 */
function svgBlob(svg) {
  const text = new XMLSerializer().serializeToString(svg);
  return new Blob([text], { type: "image/svg+xml" });
}

/**
 * @param {SVGElement} svg
 * @returns {Promise<Blob>}
 */
async function pngBlob(svg) {
  const [width, height] = [Number(svg.getAttribute("width")), Number(svg.getAttribute("height"))];
  const [area, side] = [width * height, Math.max(width, height)];
  const ratio = Math.min(PIXEL_RATIO, Math.sqrt(MAX_PIXELS / area), MAX_SIDE / side);
  const url = URL.createObjectURL(svgBlob(svg));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = svg.ownerDocument.createElement("canvas");
    canvas.width = Math.floor(width * ratio);
    canvas.height = Math.floor(height * ratio);
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((/** @type {BlobCallback} */ resolve) => canvas.toBlob(resolve));
    if (!blob) throw new Error("The picture is too large for a PNG: save it as SVG.");
    return blob;
  } finally {
    URL.revokeObjectURL(url);
  }
}
