// Static pictures: SVG groups that stand by themselves, and how they are put together.

import { fillBackground, resizeCanvas } from "./canvas.js";
import { canvasSurface } from "./canvas_surface.js";
import { svgElement, svgSurface, TooManyElements } from "./svg_surface.js";

/** @typedef {import("./canvas_surface.js").Surface} Surface */

/**
 * @typedef {object} StaticPicture
 * @property {SVGElement} element a group, from its top left corner on
 * @property {number} width pixels
 * @property {number} height pixels
 */

/** Pixels of a picture to a CSS pixel, where lines are too many to be elements. */
const RATIO = 2;

/**
 * Draw on a sheet of elements; what would be too many of them becomes an image.
 * @param {HTMLElement | null} ground of class bertviz-ground, that a part with a ground lies on
 * @param {Document} document
 * @param {{x: number, y: number, width: number, height: number}} box what is drawn on
 * @param {(sheet: Surface) => Generator<unknown, void> | void} paint
 * @returns {SVGElement}
 */
export function drawStaticPicture(ground, document, box, paint) {
  const group = svgElement(document, "g", {});
  try {
    run(paint(svgSurface(group)));
    return group;
  } catch (error) {
    if (!(error instanceof TooManyElements)) throw error;
    return imageOf(ground, document, box, paint);
  }
}

/** Pixels between two pictures. */
const GAP = 24;

/**
 * @param {StaticPicture} left
 * @param {StaticPicture} right
 * @returns {StaticPicture} both, side by side
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
function imageOf(ground, document, box, paint) {
  const { x, y, width, height } = box;
  const canvas = document.createElement("canvas");
  const context = resizeCanvas(canvas, width, height, RATIO);
  context.translate(-x, -y);
  const color = ground ? fillBackground(context, ground, [x, y, width, height]) : "";
  run(paint(canvasSurface(context, color)));
  return svgElement(document, "image", { ...box, href: canvas.toDataURL() });
}

/** @param {Generator<unknown, void> | void} painting */
function run(painting) {
  while (painting && !painting.next().done);
}
