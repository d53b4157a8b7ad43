// How a reader moves over a matrix: by steps, to a token, or by dragging.

import { cameraAt, revealCamera, zoomCamera } from "../core/geometry/matrix_camera.js";
import { MIN_LABEL } from "../core/geometry/matrix_layout.js";
import { rowAt } from "../core/geometry/rows.js";

/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("./matrix_picture.js").MatrixPicture} MatrixPicture */

/** Factor of one step of a zoom button. */
const ZOOM_STEP = 2;

/**
 * Zoom while the middle of the visible part stays in place.
 * @param {MatrixPicture} picture
 * @param {1 | -1} direction 1 to zoom in, -1 to zoom out
 */
export function zoomStep(picture, direction) {
  const { width, height } = picture.box();
  const middle = { x: width / 2, y: height / 2 };
  picture.move((camera, bounds) => zoomCamera(camera, ZOOM_STEP ** direction, middle, bounds));
}

/**
 * Zoom while the cell at a point stays in place.
 * @param {MatrixPicture} picture
 * @param {number} factor
 * @param {{x: number, y: number}} point pixels from the top left corner of the plane
 */
export function zoomAt(picture, factor, { x, y }) {
  const { left, top } = picture.margin();
  const point = { x: x - left, y: y - top };
  picture.move((camera, bounds) => zoomCamera(camera, factor, point, bounds));
}

/**
 * Scroll by a distance.
 * @param {MatrixPicture} picture
 * @param {{left: number, top: number}} by pixels
 */
export function scrollBy(picture, by) {
  picture.move(({ size, left, top }) => ({ size, left: left + by.left, top: top + by.top }));
}

/**
 * Scroll a token to the middle, and zoom in if it is too small to read.
 * @param {MatrixPicture} picture
 * @param {TokenPosition} token
 */
export function goToToken(picture, { axis, position }) {
  const first = picture.content?.axes[axis].cells.rows.edges[0] ?? 0;
  picture.move((camera, bounds) => cameraAt(camera, axis, position - first, MIN_LABEL, bounds));
}

/**
 * Scroll as little as needed to make a label visible.
 * @param {MatrixPicture} picture
 * @param {TokenPosition} token the first of the label
 */
export function revealLabel(picture, { axis, position }) {
  if (!picture.content) return;
  const { rows, yOfRow, rowHeight } = picture.content.axes[axis].labels;
  const row = rowAt(rows, position);
  const half = rowHeight(row) / 2;
  const span = /** @type {[number, number]} */ ([yOfRow(row) - half, yOfRow(row) + half]);
  picture.move((camera, bounds) => revealCamera(camera, axis, span, bounds));
}
