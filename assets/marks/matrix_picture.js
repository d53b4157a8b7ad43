// The picture of a matrix: cells on a canvas, labels and highlights in an SVG above it. A part of it is
// visible if the reader has zoomed in.

import { boundCamera, isWhole, wholeCamera } from "../core/geometry/matrix_camera.js";
import { appendElement } from "../drawing/element.js";
import { Plane } from "../drawing/plane.js";
import { snapshot } from "../drawing/snapshot.js";
import { svgElement } from "../drawing/svg_element.js";
import { createMatrixAxes } from "./matrix_axes.js";
import { MatrixCells } from "./matrix_cells.js";
import { matrixContent, matrixSpace } from "./matrix_content.js";
import { createMatrixOverlay } from "./matrix_overlay.js";

/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("../core/geometry/matrix_camera.js").Camera} Camera */
/** @typedef {import("../drawing/heat_map.js").Box} Box */
/** @typedef {import("./matrix_cell.js").MatrixCell} MatrixCell */
/** @typedef {import("./matrix_content.js").MatrixContent} MatrixContent */
/** @typedef {import("./matrix_content.js").MatrixData} MatrixData */
/** @typedef {import("./matrix_overlay.js").Band} Band */

/** Size of the labels, in pixels. */
const FONT_SIZE = 13;
/** Bounds of the height of the picture, in pixels. */
const [MIN_HEIGHT, MAX_HEIGHT] = [400, 720];
/** Pixels of the window above the picture: the form and the controls. */
const HEIGHT_ABOVE = 240;

/**
 * @typedef {object} MatrixPictureOptions
 * @property {Record<TokenPosition["axis"], import("./token_column_events.js").ColumnActions>} actions
 * @property {(done: number) => void} onProgress receives the part of the visible cells that are computed,
 *   0 to 1
 * @property {() => void} onMove the reader has zoomed or scrolled
 * @property {() => void} onLayout the scale has changed
 */

/** The picture of a matrix. */
export class MatrixPicture {
  #host;
  #axes;
  #overlay;
  #cells;
  #onMove;
  #onLayout;
  /** @type {Band[]} */
  #bands = [];
  /** @type {Camera} */
  #camera = { size: 0, left: 0, top: 0 };
  /** @type {MatrixContent | null} */
  content = null;

  /**
   * Create an empty picture.
   * @param {HTMLElement} host
   * @param {MatrixPictureOptions} options
   */
  constructor(host, { actions, onProgress, onMove, onLayout }) {
    this.#onMove = onMove;
    this.#host = appendElement(host, "div", "bertviz-matrix-figure");
    this.#onLayout = onLayout;
    this.plane = new Plane(this.#host, {
      label: "Attention from queries to keys",
      fontSize: FONT_SIZE,
      onScroll: (offset) => this.#scroll({ ...this.#camera, ...offset }),
    });
    this.#axes = createMatrixAxes(this.plane.root, this.#font(), actions);
    this.#overlay = createMatrixOverlay(this.plane.root);
    this.#cells = new MatrixCells(this.plane.canvas, onProgress);
  }

  #font() {
    return { host: this.plane.element, fontSize: FONT_SIZE };
  }

  /**
   * Draw a matrix: at the current scale if it has as many tokens as the previous one.
   * @param {MatrixData} data
   * @returns {Promise<void>} resolves when there is a picture, which may be refined later
   */
  draw(data) {
    const space = this.#spaceOf(data, this.#host.clientWidth);
    const isSame =
      this.content !== null &&
      this.content.space.bounds.numQueries === space.bounds.numQueries &&
      this.content.space.bounds.numKeys === space.bounds.numKeys &&
      !isWhole(this.#camera, this.content.space.bounds);
    const camera = isSame ? boundCamera(this.#camera, space.bounds) : wholeCamera(space.bounds);
    const content = matrixContent(data, space, camera, this.content);
    this.#layOut(content, camera);
    return this.#cells.start(content, this.box());
  }

  /**
   * Show the part of a camera.
   * @param {(camera: Camera, bounds: import("../core/geometry/matrix_camera.js").MatrixBounds) => Camera}
   *   change
   */
  move(change) {
    if (!this.content) return;
    const { data, space } = this.content;
    const camera = boundCamera(change(this.#camera, space.bounds), space.bounds);
    const { size, left, top } = this.#camera;
    if (camera.size === size) {
      if (camera.left === left && camera.top === top) return;
      this.plane.scrollTo(camera);
      this.#scroll(camera);
      return;
    }
    this.#layOut(matrixContent(data, space, camera, this.content), camera);
    this.#cells.draw(this.content, this.box());
    this.#onMove();
  }

  /** Return whether the whole matrix is visible. */
  isWhole() {
    return this.content === null || isWhole(this.#camera, this.content.space.bounds);
  }

  /**
   * Return the visible part.
   * @returns {Box}
   */
  box() {
    return boxOf(/** @type {MatrixContent} */ (this.content), this.#camera);
  }

  /** Return the part that does not scroll, in pixels. */
  margin() {
    return this.content?.space.margin ?? { left: 0, top: 0 };
  }

  /**
   * Return the cell at a point.
   * @param {{x: number, y: number}} point pixels from the top left corner of the plane
   * @returns {MatrixCell | null}
   */
  cellAt({ x, y }) {
    if (!this.content) return null;
    const { axes, space } = this.content;
    const { left, top, width, height } = this.box();
    const [inX, inY] = [x - space.margin.left, y - space.margin.top];
    if (inX < 0 || inY < 0 || inX >= width || inY >= height) return null;
    return { query: axes.query.cells.rowNear(top + inY), key: axes.key.cells.rowNear(left + inX) };
  }

  /** @param {import("./matrix_marks.js").MatrixMarks} marks */
  mark({ labels, bands }) {
    this.#axes.columns.query.mark(labels.query);
    this.#axes.columns.key.mark(labels.key);
    this.#bands = bands;
    if (this.content) this.#overlay.drawBands(this.content, this.box(), bands);
  }

  /**
   * Return what a picture of another width would show.
   * @param {number | null} width pixels; null for the picture of the page
   * @returns {MatrixContent | null}
   */
  contentAt(width) {
    return this.content && this.#at(width).content;
  }

  /**
   * Return a static picture of the visible part: as on the page, or laid out for another width.
   * @param {import("../drawing/picture_theme.js").PictureStyle} style
   * @returns {Promise<import("../drawing/static_picture.js").StaticPicture>}
   */
  async staticPicture({ theme, width }) {
    const { content, camera } = this.#at(width);
    const box = boxOf(content, camera);
    const cells = await this.#cells.picture(content, box);
    const { margin } = content.space;
    const document = this.#host.ownerDocument;
    const place = { transform: `translate(${margin.left} ${margin.top})` };
    const element = svgElement(document, "g", {});
    element.append(svgElement(document, "g", place));
    element.firstElementChild?.append(cells);
    this.#drawSvg(content, box);
    element.append(snapshot(this.plane.root, theme));
    if (this.content) this.#drawSvg(this.content, this.box());
    return { element, width: margin.left + box.width + 1, height: margin.top + box.height + 1 };
  }

  /**
   * @param {number | null} width pixels; null for the picture of the page
   * @returns {{content: MatrixContent, camera: Camera}} the visible part at another width
   */
  #at(width) {
    const shown = /** @type {MatrixContent} */ (this.content);
    if (width === null) return { content: shown, camera: this.#camera };
    const space = this.#spaceOf(shown.data, width);
    const scale = space.bounds.side / shown.space.bounds.side;
    const { size, left, top } = this.#camera;
    const scaled = { size: size * scale, left: left * scale, top: top * scale };
    const camera = boundCamera(scaled, space.bounds);
    return { content: matrixContent(shown.data, space, camera, shown), camera };
  }

  /**
   * @param {MatrixData} data
   * @param {number} width pixels
   */
  #spaceOf(data, width) {
    const height = Math.max(MIN_HEIGHT, globalThis.innerHeight - HEIGHT_ABOVE);
    return matrixSpace(data, this.#font(), { width, height: Math.min(MAX_HEIGHT, height) });
  }

  /**
   * @param {MatrixContent} content
   * @param {Camera} camera
   */
  #layOut(content, camera) {
    this.content = content;
    this.#camera = camera;
    const { axes, space } = content;
    const box = this.box();
    const size = { content: { width: axes.key.length, height: axes.query.length }, visible: box };
    // The labels first: the plane scrolls, and the browser lays out all elements for it.
    this.#drawSvg(content, box);
    this.plane.resize({ ...size, margin: space.margin }, box);
    this.#onLayout();
  }

  /** @param {Camera} camera */
  #scroll(camera) {
    if (!this.content) return;
    this.#camera = camera;
    const box = this.box();
    this.#axes.setViewport(this.content, box);
    this.#overlay.draw(this.content, box);
    this.#overlay.drawBands(this.content, box, this.#bands);
    this.#cells.draw(this.content, box);
    this.#onMove();
  }

  /**
   * @param {MatrixContent} content
   * @param {Box} box
   */
  #drawSvg(content, box) {
    this.#axes.draw(content);
    this.#axes.setViewport(content, box);
    this.#overlay.draw(content, box);
    this.#overlay.drawBands(content, box, this.#bands);
  }
}

/**
 * Return the visible part of a matrix.
 * @param {MatrixContent} content
 * @param {Camera} camera
 * @returns {Box}
 */
function boxOf({ axes, space: { bounds } }, { left, top }) {
  const { side } = bounds;
  return {
    left,
    top,
    width: Math.min(axes.key.length, side),
    height: Math.min(axes.query.length, side),
  };
}
