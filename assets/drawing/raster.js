// A picture of many translucent lines in memory.
//
// Lines of one color multiply: each line lets the part 1 - opacity * coverage of a pixel's background
// through. A plane holds the product of these parts, so the order of the lines of one color does not
// matter. The plane is composited into the picture when the color changes. Both are float32, and only
// a copy of the picture is rounded to bytes: the rounding does not add up over thousands of faint lines.

import { LineCoverage } from "../core/geometry/line_coverage.js";

/** @typedef {import("../core/geometry/line_coverage.js").PixelBox} PixelBox */

/** @typedef {{r: number, g: number, b: number}} Rgb channels, 0 to 255 */

/**
 * A picture, rounded.
 * @typedef {object} Pixels
 * @property {Uint8ClampedArray<ArrayBuffer>} bytes `[row, stride, channel]`, the channels RGBA
 * @property {number} stride pixels from one row to the next: at least the number of columns
 */

/**
 * The loops over many pixels: scalar_kernel.js, or simd_kernel.js, which is faster. Arrays are float32
 * `[row, stride]`.
 * @typedef {object} RasterKernel
 * @property {(size: number) => ArrayBuffer} allocate returns memory of at least `size` bytes; earlier
 *   memory is lost
 * @property {(plane: Float32Array, stride: number, line: LineCoverage, box: PixelBox, opacity: number)
 *   => void} strokeStrip multiplies the plane by what the strip of a line lets through inside a box,
 *   which is not empty
 * @property {(plane: Float32Array, stride: number, line: LineCoverage, box: PixelBox, opacity: number)
 *   => void} strokeEnd multiplies the plane by what a line lets through inside a box, which is not empty
 * @property {(plane: Float32Array, channels: Float32Array[], color: Rgb) => void} composite composites a
 *   color into the channels, and sets the plane to 1
 * @property {(channels: Float32Array[], bytes: Uint8ClampedArray) => void} round rounds red, green and
 *   blue to RGBA
 */

/** Bytes of a pixel: the plane and three channels in float32, and the rounded RGBA. */
const PIXEL_BYTES = 20;
/** Pixels that a kernel may read and write at once; a row has a multiple of them. */
const BLOCK = 16;

export class Raster {
  #kernel;
  #columns = 0;
  #rows = 0;
  #stride = 0;
  #plane = new Float32Array();
  /** @type {Float32Array[]} */
  #channels = [];
  #bytes = new Uint8ClampedArray();
  /** The rows where the plane may not be 1. */
  #top = 0;
  #bottom = 0;

  /** @param {RasterKernel} kernel */
  constructor(kernel) {
    this.#kernel = kernel;
  }

  /**
   * Start a picture of one color.
   * @param {number} columns
   * @param {number} rows
   * @param {Rgb} background
   */
  start(columns, rows, { r, g, b }) {
    const stride = Math.ceil(columns / BLOCK) * BLOCK;
    const length = rows * stride;
    const memory = this.#kernel.allocate(length * PIXEL_BYTES);
    const floats = (/** @type {number} */ index) =>
      new Float32Array(memory, index * length * 4, length);
    this.#columns = columns;
    this.#rows = rows;
    this.#stride = stride;
    this.#plane = floats(0).fill(1);
    this.#channels = [r, g, b].map((value, index) => floats(index + 1).fill(value));
    this.#bytes = new Uint8ClampedArray(memory, length * 16, length * 4);
    this.#top = rows;
    this.#bottom = 0;
  }

  /**
   * Stroke a line with butt caps; a line without a length covers nothing. Coordinates are pixels from
   * the top left corner.
   * @param {number} x1
   * @param {number} y1
   * @param {number} x2
   * @param {number} y2
   * @param {number} width pixels
   * @param {number} opacity 0 to 1
   */
  stroke(x1, y1, x2, y2, width, opacity) {
    if (x1 === x2 && y1 === y2) return;
    const line = new LineCoverage(x1, y1, x2, y2, width);
    const strip = this.#clip(line.strip);
    if (hasPixels(strip)) {
      this.#kernel.strokeStrip(this.#plane, this.#stride, line, strip, opacity);
      this.#addRows(strip);
    }
    for (const end of line.ends) {
      const box = this.#clip(end);
      if (!hasPixels(box)) continue;
      this.#kernel.strokeEnd(this.#plane, this.#stride, line, box, opacity);
      this.#addRows(box);
    }
  }

  /** @param {PixelBox} box */
  #addRows({ top, bottom }) {
    this.#top = Math.min(this.#top, top);
    this.#bottom = Math.max(this.#bottom, bottom);
  }

  /**
   * Composite the lines since the last call into the picture.
   * @param {Rgb} color
   */
  composite(color) {
    const [top, bottom] = [this.#top, this.#bottom];
    if (top >= bottom) return;
    const ofRows = (/** @type {Float32Array} */ array) =>
      array.subarray(top * this.#stride, bottom * this.#stride);
    this.#kernel.composite(ofRows(this.#plane), this.#channels.map(ofRows), color);
    this.#top = this.#rows;
    this.#bottom = 0;
  }

  /**
   * Return the picture, rounded. The next call of any method may change the bytes.
   * @returns {Pixels}
   */
  round() {
    this.#kernel.round(this.#channels, this.#bytes);
    return { bytes: this.#bytes, stride: this.#stride };
  }

  /**
   * Return the part of a box inside the picture.
   * @param {PixelBox} box
   * @returns {PixelBox}
   */
  #clip({ left, right, top, bottom }) {
    return {
      left: Math.max(0, left),
      right: Math.min(this.#columns, right),
      top: Math.max(0, top),
      bottom: Math.min(this.#rows, bottom),
    };
  }
}

/** @param {PixelBox} box */
function hasPixels({ left, right, top, bottom }) {
  return left < right && top < bottom;
}
