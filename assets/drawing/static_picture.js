// Static pictures: SVG groups that do not depend on the page.

import { resizeCanvas } from "./canvas.js";
import { canvasSurface } from "./canvas_surface.js";
import { svgElement } from "./svg_element.js";
import { svgSurface, TooManyElements } from "./svg_surface.js";
import { removeBackground } from "./transparent_image.js";

/** @typedef {import("./surface.js").Surface} Surface */

/**
 * @typedef {object} StaticPicture
 * @property {SVGElement} element a group whose top left corner is at 0, 0
 * @property {number} width pixels
 * @property {number} height pixels
 */

/** @typedef {(surface: Surface) => Generator<unknown, void> | void} Paint */

/** Image pixels per CSS pixel, where a drawing has too many elements. */
const IMAGE_RATIO = 2;

/** Pixels between two pictures. */
const GAP = 24;

/**
 * Draw SVG elements. If a drawing needs too many of them, draw an image instead.
 * @param {string | null} background color of an image; null for a transparent image
 * @param {Document} document
 * @param {{x: number, y: number, width: number, height: number}} box the part of the picture to draw
 * @param {Paint} paint runs again if elements are too many
 * @returns {SVGElement} a group or an image
 */
export function drawStaticPicture(background, document, box, paint) {
  const group = svgElement(document, "g", {});
  try {
    finish(paint(svgSurface(group)));
    return group;
  } catch (error) {
    if (!(error instanceof TooManyElements)) throw error;
    return drawImage(background, document, box, paint);
  }
}

/**
 * Return the width of each of two pictures that fit side by side.
 * @param {number} width pixels
 * @returns {number}
 */
export function halfWidth(width) {
  return (width - GAP) / 2;
}

/**
 * Return a picture of two pictures side by side.
 * @param {StaticPicture} left
 * @param {StaticPicture} right
 * @returns {StaticPicture}
 */
export function sideBySide(left, right) {
  const { ownerDocument: document } = left.element;
  const x = left.width + GAP;
  const moved = svgElement(document, "g", { transform: `translate(${x} 0)` });
  moved.append(right.element);
  const element = svgElement(document, "g", {});
  element.append(left.element, moved);
  return { element, width: x + right.width, height: Math.max(left.height, right.height) };
}

/** @type {typeof drawStaticPicture} */
function drawImage(background, document, box, paint) {
  const context = drawCanvas(background ?? "#000", document, box, paint);
  if (!background) removeBackground(context, drawCanvas("#fff", document, box, paint));
  return svgElement(document, "image", { ...box, href: context.canvas.toDataURL() });
}

/**
 * @param {string} background color
 * @param {Document} document
 * @param {{x: number, y: number, width: number, height: number}} box
 * @param {Paint} paint
 * @returns {CanvasRenderingContext2D}
 */
function drawCanvas(background, document, { x, y, width, height }, paint) {
  const canvas = document.createElement("canvas");
  const context = resizeCanvas(canvas, width, height, IMAGE_RATIO);
  context.translate(-x, -y);
  context.fillStyle = background;
  context.fillRect(x, y, width, height);
  finish(paint(canvasSurface(context, background)));
  return context;
}

/**
 * Run a generator to its end.
 * @param {Generator<unknown, void> | void} painting
 */
function finish(painting) {
  while (painting && !painting.next().done);
}
