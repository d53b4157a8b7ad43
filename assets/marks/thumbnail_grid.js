// A grid with one thumbnail for each layer and head, and numbered axes. The grid is drawn layer by
// layer, and drawing continues while the reader opens heads.

import { AXIS_SIZE, MIN_CELL_SIZE } from "../core/geometry/grid_layout.js";
import { fillBackground, onBackgroundChange, resizeCanvas } from "../drawing/canvas.js";
import { canvasSurface } from "../drawing/canvas_surface.js";
import { appendElement } from "../drawing/element.js";
import { select } from "../vendor/d3.js";
import { createGridAxes } from "./grid_axes.js";
import { createGridCells } from "./grid_cells.js";
import { gridContent, isSameRequest } from "./thumbnail_content.js";
import { fillGrid } from "./thumbnail_filling.js";
import { linesPicture, withAxes } from "./thumbnail_picture.js";

/** @typedef {import("../core/data/trace.js").Trace} Trace */
/** @typedef {import("../core/state/attention_part.js").AttentionPart} AttentionPart */
/** @typedef {import("../core/state/selection.js").Cell} Cell */
/** @typedef {import("../drawing/static_picture.js").StaticPicture} StaticPicture */
/** @typedef {import("./thumbnail_content.js").GridContent} GridContent */

/**
 * @typedef {object} GridActions
 * @property {(cell: Cell) => void} onPick the reader picks a cell
 * @property {import("./thumbnail_filling.js").OnProgress} onProgress called while drawing takes long, and
 *   at its end
 */

/** A grid of thumbnails that the reader picks heads from. */
export class ThumbnailGrid {
  #host;
  #onProgress;
  #element;
  #scroller;
  #axes;
  #sheet;
  #cells;
  /** @type {GridContent | null} */
  #content = null;
  #hasFailed = false;
  #filling = new AbortController();
  /** @type {Promise<void>} */
  #filled = Promise.resolve();

  /**
   * Create an empty grid; `draw` draws it.
   * @param {HTMLElement} host
   * @param {GridActions} actions
   */
  constructor(host, { onPick, onProgress }) {
    this.#host = host;
    this.#onProgress = onProgress;
    this.#element = appendElement(host, "div", "bertviz-grid");
    this.#element.style.setProperty("--bertviz-axis", `${AXIS_SIZE}px`);
    this.#element.setAttribute("role", "group");
    this.#element.setAttribute("aria-label", "All layers and heads");
    const top = appendElement(this.#element, "div", "bertviz-grid-heads");
    this.#scroller = appendElement(this.#element, "div", "bertviz-grid-scroller");
    const side = appendElement(this.#scroller, "div", "bertviz-grid-layers");
    this.#axes = createGridAxes(top, side);
    this.#sheet = appendElement(this.#scroller, "div", "bertviz-grid-content");
    this.#cells = createGridCells(this.#sheet, onPick);
    this.#scroller.addEventListener("scroll", () => {
      this.#axes.scrollTo(this.#scroller.scrollLeft);
    });
    onBackgroundChange(this.#element, () => this.#fill());
  }

  /**
   * Draw an attention part; do nothing if the same picture is drawn already, or being drawn.
   * @param {Omit<import("./thumbnail_content.js").GridRequest, "width">} content
   * @returns {Promise<void>} resolves when the grid is complete, or another picture is drawn
   */
  async draw({ trace, attentionPart, axes, selection, filter }) {
    const width = this.#host.clientWidth;
    const request = { trace, attentionPart, axes, selection, filter, width };
    if (!this.#content || this.#hasFailed || !isSameRequest(this.#content, request)) {
      this.#content = gridContent(request);
      this.#hasFailed = false;
      this.#drawSvg(this.#content);
      this.#fill();
    }
    // A change of the theme starts the drawing again: wait for the last one.
    for (let awaited; awaited !== this.#filled; ) {
      awaited = this.#filled;
      await awaited;
    }
  }

  /**
   * Return a static picture of all layers and heads: as on the page, or laid out for another width.
   * @param {import("../drawing/picture_theme.js").PictureStyle} style
   * @returns {Promise<StaticPicture>}
   */
  async staticPicture({ theme, width }) {
    if (!this.#content) throw new Error("there is no grid yet");
    // No finger picks a cell of a picture.
    const content =
      width === null ? this.#content : gridContent({ ...this.#content, width }, MIN_CELL_SIZE);
    const lines = await linesPicture(this.#element.ownerDocument, content, theme);
    this.#drawSvg(content);
    const picture = withAxes(lines, this.#cells.element, this.#axes, content.grid, theme);
    this.#drawSvg(this.#content);
    return picture;
  }

  /** @param {GridContent} content */
  #drawSvg({ grid, selection }) {
    this.#axes.draw(grid);
    this.#cells.draw(grid, selection.palette);
  }

  /** Return the cells of the grid. */
  cells() {
    return this.#content?.grid.cells ?? [];
  }

  /**
   * Return how many queries and keys a line stands for: one each, or more in a long text.
   * @returns {[queries: number, keys: number]}
   */
  tokensPerLine() {
    const { queries, keys } = this.#content?.layout ?? {};
    return [queries?.rows.size ?? 1, keys?.rows.size ?? 1];
  }

  /** @param {Cell | null} cell the cell to mark; null for no cell */
  mark(cell) {
    this.#cells.mark(cell);
  }

  /** @param {import("./grid_cells.js").CellScores | null} scores null while no score is known */
  showScores(scores) {
    this.#cells.showScores(scores);
  }

  /** @param {Cell} cell the cell that receives the focus */
  focus(cell) {
    this.#cells.focus(cell);
  }

  /**
   * Return whether the grid has a cell.
   * @param {Cell} cell
   * @returns {boolean}
   */
  has({ layer, head }) {
    return this.cells().some((cell) => cell.layer === layer && cell.head === head);
  }

  /** Draw all layers from the start. */
  #fill() {
    if (!this.#content || this.#hasFailed) return;
    const previous = this.#filling;
    this.#filling = new AbortController();
    this.#filled = this.#fillWith(this.#content, this.#filling.signal);
    // Abort only now: a file that both drawings need keeps downloading.
    previous.abort();
    // `draw` awaits the promise and reports its error.
    this.#filled.catch(() => {});
  }

  /**
   * @param {GridContent} content
   * @param {AbortSignal} signal
   */
  async #fillWith(content, signal) {
    try {
      await fillGrid(content, this.#clearCanvases(content), signal, this.#onProgress);
    } catch (error) {
      if (signal.aborted) return;
      this.#hasFailed = true;
      throw error;
    }
  }

  /**
   * Give each layer a canvas that contains only the page's background color. With one canvas per layer,
   * the browser paints again only the layers that change.
   * @param {GridContent} content
   * @returns {import("./thumbnail_filling.js").LayerCanvas[]}
   */
  #clearCanvases({ grid: { layers, heads, size } }) {
    const width = heads.length * size;
    const canvases = select(this.#sheet).selectAll("canvas").data(layers).join("canvas");
    return canvases.nodes().map((node) => {
      const canvas = /** @type {HTMLCanvasElement} */ (node);
      const context = resizeCanvas(canvas, width, size);
      const color = fillBackground(context, this.#element, [0, 0, width, size]);
      return { canvas, surface: canvasSurface(context, color) };
    });
  }
}
