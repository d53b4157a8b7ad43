// The previous picture of a matrix, which stands for the rows of cells that are not computed yet: scaled to
// the new visible part, in one frame.

import { visibleRows } from "../core/geometry/column_layout.js";
import { numTokens } from "../core/geometry/rows.js";

/** @typedef {import("../drawing/heat_map.js").Box} Box */
/** @typedef {import("./matrix_content.js").MatrixContent} MatrixContent */

/** The picture that a canvas had before another part of the matrix became visible. */
export class PreviousPicture {
  #canvas;
  #copy;
  /** @type {Box | null} what the copy shows, in tokens; null for no picture */
  #tokens = null;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.#canvas = canvas;
    this.#copy = canvas.ownerDocument.createElement("canvas");
  }

  /**
   * Keep the picture of the canvas.
   * @param {MatrixContent} content
   * @param {Box} box the visible part
   */
  keep(content, box) {
    this.#tokens = null;
    const { width, height } = this.#canvas;
    if (width === 0 || height === 0) return;
    // A new size clears the copy.
    this.#copy.width = width;
    this.#copy.height = height;
    this.#copy.getContext("2d")?.drawImage(this.#canvas, 0, 0);
    const { x, y } = tokenSizes(content);
    this.#tokens = {
      left: box.left / x,
      top: box.top / y,
      width: box.width / x,
      height: box.height / y,
    };
  }

  /** Forget the picture: it shows other weights. */
  drop() {
    this.#tokens = null;
  }

  /**
   * Paint the picture over the visible rows of cells that are not computed.
   * @param {MatrixContent} content
   * @param {Box} box the visible part
   */
  paint(content, box) {
    const unknown = unknownBands(content, box);
    const context = this.#canvas.getContext("2d");
    if (!this.#tokens || !context || unknown.length === 0) return;
    const { x, y } = tokenSizes(content);
    const { left, top, width, height } = this.#tokens;
    const place = /** @type {const} */ ([
      left * x - box.left,
      top * y - box.top,
      width * x,
      height * y,
    ]);
    context.save();
    context.beginPath();
    for (const [begin, end] of unknown) context.rect(0, begin, box.width, end - begin);
    context.clip();
    context.clearRect(...place);
    context.drawImage(this.#copy, ...place);
    context.restore();
  }
}

/**
 * Return the bands of visible rows that are not computed.
 * @param {MatrixContent} content
 * @param {Box} box the visible part
 * @returns {[begin: number, end: number][]} pixels from the upper edge of the visible part
 */
function unknownBands({ axes, cells }, { top, height }) {
  const column = axes.query.cells;
  /** @type {[number, number][]} */
  const bands = [];
  const [first, end] = visibleRows(column, [top, top + height]);
  for (let row = first; row < end; row++) {
    if (cells?.get(row)) continue;
    const middle = column.yOfRow(row) - top;
    const half = column.rowHeight(row) / 2;
    const last = bands.at(-1);
    if (last && cells?.get(row - 1) === undefined) last[1] = middle + half;
    else bands.push([middle - half, middle + half]);
  }
  return bands;
}

/**
 * @param {MatrixContent} content
 * @returns {{x: number, y: number}} width and height of a token, in pixels
 */
function tokenSizes({ axes: { query, key } }) {
  return { x: sizeOf(key), y: sizeOf(query) };
}

/** @param {import("../core/geometry/matrix_layout.js").MatrixAxis} axis */
function sizeOf({ cells: { rows }, length }) {
  return length / numTokens(rows);
}
