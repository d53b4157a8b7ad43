// The visible cells of a matrix on their canvas. The cells of a long text are drawn from the previous
// picture or from the overview first, and then from their weights as these are computed.

import { visibleRows } from "../core/geometry/column_layout.js";
import { numTokens } from "../core/geometry/rows.js";
import { heatMapPicture, paintHeatMap } from "../drawing/heat_map.js";
import { roughCells } from "./matrix_content.js";
import { PreviousPicture } from "./previous_picture.js";
import { afterNextFrame, startTimeSlices } from "./time_slices.js";

/** @typedef {import("../drawing/heat_map.js").Box} Box */
/** @typedef {import("./matrix_content.js").MatrixContent} MatrixContent */
/** @typedef {import("./matrix_content.js").MatrixOverview} MatrixOverview */

/** Milliseconds of work between two pauses: the rest of a frame paints the cells. */
const SLICE = 8;
/** Milliseconds between two pictures of cells that are computed. */
const MIN_PAINT_INTERVAL = 100;
/** Weights of a matrix that needs no overview: they are computed in a tenth of a second. */
const MAX_AT_ONCE = 2 ** 20;

/** The visible cells of a matrix. */
export class MatrixCells {
  #canvas;
  #previous;
  #onProgress;
  /** @type {MatrixContent | null} */
  #content = null;
  /** @type {Box} */
  #box = { left: 0, top: 0, width: 0, height: 0 };
  /** @type {MatrixOverview | null} */
  #overview = null;
  /** @type {((row: number) => Float32Array) | null} the cells of rows that are not computed */
  #rough = null;
  /** Counts the computations: a later one replaces an earlier one. */
  #number = 0;
  #frame = 0;
  /** When the last picture was painted, in milliseconds. */
  #painted = 0;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {(done: number) => void} onProgress receives the part of the visible rows that are computed,
   *   0 to 1
   */
  constructor(canvas, onProgress) {
    this.#canvas = canvas;
    this.#previous = new PreviousPicture(canvas);
    this.#onProgress = onProgress;
  }

  /**
   * Draw cells of other weights.
   * @param {MatrixContent} content
   * @param {Box} box the visible part
   * @returns {Promise<void>} resolves when there is a picture: that of the overview, or of the weights
   */
  async start(content, box) {
    if (this.#content && !hasSameWeights(this.#content, content)) this.#content = null;
    this.#overview = null;
    const filled = this.draw(content, box);
    if (isSmall(content)) await filled;
    // Without an overview, the first picture is that of the weights.
    else await Promise.race([filled, this.#drawOverview(content).catch(() => filled)]);
  }

  /**
   * Draw the visible cells, and compute those that are not known.
   * @param {MatrixContent} content
   * @param {Box} box the visible part
   * @returns {Promise<boolean>} whether all visible cells are computed; false if another part is drawn
   */
  async draw(content, box) {
    if (this.#content) this.#previous.keep(this.#content, this.#box);
    else this.#previous.drop();
    this.#content = content;
    this.#box = box;
    this.#rough = this.#overview && roughCells(content, this.#overview);
    this.#paint();
    const number = ++this.#number;
    // The reader sees the first picture before the work on the next one begins.
    if (!isSmall(content)) await afterNextFrame();
    if (number !== this.#number) return false;
    const isComplete = await this.#fill(content, number);
    if (isComplete) this.#paint();
    return isComplete;
  }

  /**
   * Compute the visible cells of a content, and return them as an SVG element.
   * @param {MatrixContent} content
   * @param {Box} box
   * @returns {Promise<SVGElement>}
   */
  async picture(content, box) {
    const pause = startTimeSlices(SLICE);
    const range = visibleRows(content.axes.query.cells, [box.top, box.top + box.height]);
    for (const _ of content.cells?.compute(range) ?? []) await pause();
    return heatMapPicture(this.#canvas.ownerDocument, heatMapOf(content, null), box);
  }

  /**
   * @param {MatrixContent} content
   * @param {number} number of the computation
   * @returns {Promise<boolean>} whether all visible rows are computed
   */
  async #fill({ cells, axes }, number) {
    const { top, height } = this.#box;
    const range = visibleRows(axes.query.cells, [top, top + height]);
    const pause = startTimeSlices(SLICE);
    for (const numRows of cells?.compute(range) ?? []) {
      await pause(() => {
        this.#paintSoon();
        this.#onProgress(numRows / (range[1] - range[0]));
      });
      if (number !== this.#number) return false;
    }
    this.#onProgress(1);
    return true;
  }

  /** @param {MatrixContent} content */
  async #drawOverview(content) {
    const overview = await content.data.getOverview();
    if (!overview || this.#content?.data !== content.data) return;
    this.#overview = overview;
    this.#rough = roughCells(this.#content, overview);
    this.#paint();
  }

  #paint() {
    this.#painted = performance.now();
    if (!this.#content) return;
    paintHeatMap(this.#canvas, heatMapOf(this.#content, this.#rough), this.#box);
    this.#previous.paint(this.#content, this.#box);
  }

  /** Paint in the next frame, unless the last picture is recent: a picture takes most of a frame. */
  #paintSoon() {
    if (performance.now() - this.#painted < MIN_PAINT_INTERVAL) return;
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#paint();
    });
  }
}

/**
 * @param {MatrixContent} content
 * @returns {boolean} whether all weights are computed soon
 */
function isSmall({ data: { heads }, axes: { query, key } }) {
  return numTokens(query.cells.rows) * numTokens(key.cells.rows) * heads.length <= MAX_AT_ONCE;
}

/**
 * @param {MatrixContent} one
 * @param {MatrixContent} other
 * @returns {boolean} whether both show the same weights in the same color; their pooling may differ
 */
function hasSameWeights({ data: one }, { data: other }) {
  return (
    one.layer === other.layer &&
    String(one.heads) === String(other.heads) &&
    one.attentionPart.label === other.attentionPart.label &&
    one.filter?.text === other.filter?.text &&
    one.color === other.color
  );
}

/**
 * @param {MatrixContent} content
 * @param {((row: number) => Float32Array) | null} rough
 * @returns {import("../drawing/heat_map.js").HeatMap}
 */
function heatMapOf({ data, axes, cells }, rough) {
  return {
    queries: axes.query.cells,
    keys: axes.key.cells,
    weightsOf: (row) => cells?.get(row) ?? rough?.(row) ?? null,
    color: data.color,
  };
}
