// The visible part of a matrix and its scale.

/**
 * The part of a matrix that is visible.
 * @typedef {object} Camera
 * @property {number} size pixels of a token on the axis with more tokens
 * @property {number} left pixels of the matrix to the left of its visible part
 * @property {number} top pixels of the matrix above its visible part
 */

/**
 * The sizes that limit a camera.
 * @typedef {object} MatrixBounds
 * @property {number} numQueries
 * @property {number} numKeys
 * @property {number} side width and height that are visible at once, in pixels
 */

/** Width and height of a cell of a short text, and of a cell at the largest scale, in pixels. */
const [DEFAULT_CELL, MAX_CELL] = [26, 72];
/** Tolerance of a comparison of scales, in pixels. */
const TOLERANCE = 1e-6;

/**
 * Return the width and the height of a token. An axis that is completely visible fills the visible part,
 * so that a matrix of many keys and few queries is not a thin line.
 * @param {number} size pixels of a token on the axis with more tokens
 * @param {MatrixBounds} bounds
 * @returns {{width: number, height: number}} pixels
 */
export function tokenSize(size, { numQueries, numKeys, side }) {
  const sizeOf = (/** @type {number} */ count) =>
    Math.max(size, Math.min(DEFAULT_CELL, side / count));
  return { width: sizeOf(numKeys), height: sizeOf(numQueries) };
}

/**
 * Return the camera that shows the whole matrix.
 * @param {MatrixBounds} bounds
 * @returns {Camera}
 */
export function wholeCamera({ numQueries, numKeys, side }) {
  return { size: Math.min(DEFAULT_CELL, side / Math.max(numQueries, numKeys)), left: 0, top: 0 };
}

/**
 * Return whether a camera shows the whole matrix.
 * @param {Camera} camera
 * @param {MatrixBounds} bounds
 * @returns {boolean}
 */
export function isWhole({ size }, bounds) {
  return size <= wholeCamera(bounds).size + TOLERANCE;
}

/**
 * Limit a camera to the matrix.
 * @param {Camera} camera
 * @param {MatrixBounds} bounds
 * @returns {Camera}
 */
export function boundCamera({ size, left, top }, bounds) {
  const bounded = Math.max(wholeCamera(bounds).size, Math.min(MAX_CELL, size));
  const { width, height } = tokenSize(bounded, bounds);
  const { numQueries, numKeys, side } = bounds;
  return {
    size: bounded,
    left: Math.max(0, Math.min(numKeys * width - side, left)),
    top: Math.max(0, Math.min(numQueries * height - side, top)),
  };
}

/**
 * Zoom in or out while the cell under a point stays in place.
 * @param {Camera} camera
 * @param {number} factor above 1 to zoom in
 * @param {{x: number, y: number}} point pixels from the top left corner of the visible part
 * @param {MatrixBounds} bounds
 * @returns {Camera}
 */
export function zoomCamera(camera, factor, { x, y }, bounds) {
  const before = tokenSize(camera.size, bounds);
  const { size } = boundCamera({ ...camera, size: camera.size * factor }, bounds);
  const after = tokenSize(size, bounds);
  const left = ((camera.left + x) / before.width) * after.width - x;
  const top = ((camera.top + y) / before.height) * after.height - y;
  return boundCamera({ size, left, top }, bounds);
}

/**
 * Scroll a query or a key to the middle, and zoom in if it is too small to read.
 * @param {Camera} camera
 * @param {"query" | "key"} axis
 * @param {number} token counted from the first token of the axis
 * @param {number} minSize pixels of a token that can be read
 * @param {MatrixBounds} bounds
 * @returns {Camera}
 */
export function cameraAt(camera, axis, token, minSize, bounds) {
  const { side } = bounds;
  const zoomed = zoomCamera(camera, Math.max(1, minSize / camera.size), { x: 0, y: 0 }, bounds);
  const { width, height } = tokenSize(zoomed.size, bounds);
  const place =
    axis === "key"
      ? { left: (token + 0.5) * width - side / 2 }
      : { top: (token + 0.5) * height - side / 2 };
  return boundCamera({ ...zoomed, ...place }, bounds);
}

/**
 * Scroll as little as needed to make a part of an axis visible.
 * @param {Camera} camera
 * @param {"query" | "key"} axis
 * @param {[begin: number, end: number]} span pixels of the matrix
 * @param {MatrixBounds} bounds
 * @returns {Camera}
 */
export function revealCamera(camera, axis, [begin, end], bounds) {
  const edge = axis === "key" ? "left" : "top";
  const offset = Math.min(begin, Math.max(camera[edge], end - bounds.side));
  return boundCamera({ ...camera, [edge]: offset }, bounds);
}
