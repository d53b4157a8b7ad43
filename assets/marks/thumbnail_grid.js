// All layers and heads at a glance: one small picture of lines for each, with numbered axes. It fills
// in layer by layer, and goes on while a reader opens one head after the other.

import {
  AXIS_SIZE,
  cellCorner,
  gridLayout,
  nextLayerToDraw,
} from "../core/geometry/grid_layout.js";
import { fillBackground, onBackgroundChange, resizeCanvas } from "../drawing/canvas.js";
import { canvasSurface } from "../drawing/canvas_surface.js";
import { categoryColor } from "../drawing/color.js";
import { appendElement } from "../drawing/element.js";
import { snapshot } from "../drawing/snapshot.js";
import { drawStaticPicture } from "../drawing/static_picture.js";
import { svgElement } from "../drawing/svg_element.js";
import { select } from "../vendor/d3.js";
import { createGridAxes } from "./grid_axes.js";
import { createGridCells } from "./grid_cells.js";
import { drawThumbnail, lineWidth, thumbnailLayout } from "./thumbnail.js";

/** @typedef {import("../core/data/trace.js").Trace} Trace */
/** @typedef {import("../core/data/trace.js").Tensor} Tensor */
/** @typedef {import("../core/state/attention_part.js").AttentionPart} AttentionPart */
/** @typedef {import("../core/geometry/grid_layout.js").Grid} Grid */
/** @typedef {import("../core/state/selection.js").Cell} Cell */
/** @typedef {import("../core/state/selection.js").Selection} Selection */
/** @typedef {import("../drawing/surface.js").Surface} Surface */
/** @typedef {import("../drawing/static_picture.js").StaticPicture} StaticPicture */
/** @typedef {import("./thumbnail.js").ThumbnailLayout} ThumbnailLayout */

/**
 * What is drawn.
 * @typedef {object} Drawn
 * @property {Trace} trace
 * @property {AttentionPart} attentionPart
 * @property {Pick<Selection, "palette" | "gridLayers" | "gridHeads">} selection
 * @property {number} width of the host, in pixels
 */

/**
 * @typedef {object} Actions
 * @property {(cell: Cell) => void} onPick
 * @property {(layers: number, all: number) => void} onProgress so many of all layers are drawn; called
 *   where it takes a while, and at the end
 */

/** Milliseconds of drawing between two chances for the page to react: what takes 50 is felt. */
const SLICE = 36;

/** Milliseconds after which a reader wants to know how far it is. */
const PATIENCE = 300;

/**
 * @param {HTMLElement} host
 * @param {Actions} actions
 */
export function createThumbnailGrid(host, { onPick, onProgress }) {
  const element = appendElement(host, "div", "bertviz-grid");
  element.style.setProperty("--bertviz-axis", `${AXIS_SIZE}px`);
  element.setAttribute("role", "group");
  element.setAttribute("aria-label", "All layers and heads");
  const top = appendElement(element, "div", "bertviz-grid-heads");
  const scroller = appendElement(element, "div", "bertviz-grid-scroller");
  const axes = createGridAxes(top, appendElement(scroller, "div", "bertviz-grid-layers"));
  // A canvas a layer: only those that are drawn on are painted again by the browser.
  const canvases = appendElement(scroller, "div", "bertviz-grid-sheet");
  const cells = createGridCells(canvases, onPick);
  scroller.addEventListener("scroll", () => axes.scrollTo(scroller.scrollLeft));
  onBackgroundChange(element, () => fill());

  /** @type {Drawn | null} */
  let drawn = null;
  /** @type {Grid} */
  let grid = { layers: [], heads: [], cells: [], size: 0 };
  /** @type {ThumbnailLayout | null} */
  let layout = null;
  let current = new AbortController();
  /** @type {Promise<void>} */
  let filling = Promise.resolve();

  /**
   * Show other layers and heads, or the same ones in another way. What is drawn already, or being
   * drawn, is left to go on.
   * @param {Trace} trace
   * @param {AttentionPart} attentionPart
   * @param {Pick<Selection, "palette" | "gridLayers" | "gridHeads">} selection
   * @returns {Promise<void>} resolves when all of it is there, or something else is drawn
   */
  async function draw(trace, attentionPart, selection) {
    const wanted = { trace, attentionPart, selection, width: host.clientWidth };
    if (!drawn || !isSame(drawn, wanted)) {
      drawn = wanted;
      grid = gridLayout(trace.component(attentionPart.component).layers, selection, wanted.width);
      layout = thumbnailLayout(trace, attentionPart, grid.size);
      axes.draw(grid);
      cells.draw(grid, selection.palette);
      fill();
    }
    // The theme may change meanwhile: then it is filled once more.
    for (let awaited; awaited !== filling; ) {
      awaited = filling;
      await awaited;
    }
  }

  /** Draw all layers, from none. */
  function fill() {
    if (!drawn || !layout) return;
    const before = current;
    current = new AbortController();
    filling = fillWith(drawn, layout, current.signal);
    // After the next has begun: a file that both fetch is fetched on.
    before.abort();
    // Whoever waits for it is told.
    filling.catch(() => {});
  }

  /**
   * @param {Drawn} what
   * @param {ThumbnailLayout} layout of each cell
   * @param {AbortSignal} signal
   */
  async function fillWith({ trace, attentionPart, selection }, layout, signal) {
    const { layers } = grid;
    const rows = clear();
    const rowOf = (/** @type {number} */ layer) => rows[layers.indexOf(layer)];
    const left = [...layers];
    let isLate = false;
    const say = () => {
      if (!signal.aborted) onProgress(layers.length - left.length, layers.length);
    };
    let sliceEnd = performance.now() + SLICE;
    /** @param {() => void} show what is drawn so far, before a pause */
    const mayGoOn = async (show) => {
      if (performance.now() > sliceEnd) {
        show();
        await letPageReact();
        sliceEnd = performance.now() + SLICE;
      }
      return !signal.aborted && element.isConnected;
    };
    const late = setTimeout(() => {
      isLate = true;
      say();
    }, PATIENCE);
    try {
      while (left.length > 0) {
        if (isLate) say();
        const layer = nextLayerToDraw(left, (each) => isInSight(rowOf(each).canvas));
        const overview = await trace.overview(attentionPart.component, layer, signal);
        const color = categoryColor(layer, selection.palette);
        const { surface } = rowOf(layer);
        for (const show of drawLayer(surface, layer, 0, layout, overview, color)) {
          if (!(await mayGoOn(show))) return;
        }
        left.splice(left.indexOf(layer), 1);
      }
      say();
    } catch (error) {
      if (signal.aborted) return;
      drawn = null;
      throw error;
    } finally {
      clearTimeout(late);
    }
  }

  /**
   * Draw a layer, head by head.
   * @param {Surface} surface
   * @param {number} layer
   * @param {number} y top of its row, in pixels
   * @param {ThumbnailLayout} layout of each cell
   * @param {Tensor} overview of the layer
   * @param {string} color
   * @returns {Generator<() => void, void>} before each head, what shows those drawn so far
   */
  function* drawLayer(surface, layer, y, layout, overview, color) {
    const { heads, cells, size } = grid;
    const renderer = surface.createLineRenderer(
      [0, y, heads.length * size, y + size],
      lineWidth(layout),
    );
    renderer.setColor(color);
    try {
      for (const { head } of cells.filter((cell) => cell.layer === layer)) {
        yield renderer.flush;
        drawThumbnail(renderer, { x: heads.indexOf(head) * size, y }, layout, overview, head);
      }
      renderer.flush();
    } finally {
      renderer.release();
    }
  }

  /**
   * A static picture of all layers and heads.
   * @returns {Promise<StaticPicture>}
   */
  async function staticPicture() {
    if (!drawn || !layout) throw new Error("there is no grid yet");
    const { trace, attentionPart, selection } = drawn;
    const [{ layers, heads, size }, cell] = [grid, layout];
    const overviews = await Promise.all(
      layers.map((layer) => trace.overview(attentionPart.component, layer)),
    );
    const box = { x: 0, y: 0, width: heads.length * size, height: layers.length * size };
    const lines = drawStaticPicture(element, element.ownerDocument, box, function* (surface) {
      for (const [row, layer] of layers.entries()) {
        const color = categoryColor(layer, selection.palette);
        yield* drawLayer(surface, layer, row * size, cell, overviews[row], color);
      }
    });
    const all = svgElement(element.ownerDocument, "g", {});
    const beside = svgElement(element.ownerDocument, "g", {
      transform: `translate(0 ${AXIS_SIZE})`,
    });
    const under = svgElement(element.ownerDocument, "g", {
      transform: `translate(${AXIS_SIZE} 0)`,
    });
    under.append(lines, snapshot(cells.element));
    beside.append(snapshot(axes.layers), under);
    all.append(snapshot(axes.heads), beside);
    return { element: all, width: AXIS_SIZE + box.width, height: AXIS_SIZE + box.height };
  }

  /**
   * Give each layer a canvas with nothing on it but the page's colour.
   * @returns {{canvas: HTMLCanvasElement, surface: Surface}[]}
   */
  function clear() {
    const { layers, heads, size } = grid;
    const nodes = select(canvases).selectAll("canvas").data(layers).join("canvas");
    return nodes.nodes().map((node) => {
      const canvas = /** @type {HTMLCanvasElement} */ (node);
      const width = heads.length * size;
      const context = resizeCanvas(canvas, width, size);
      const ground = fillBackground(context, element, [0, 0, width, size]);
      return { canvas, surface: canvasSurface(context, ground) };
    });
  }

  return {
    draw,
    staticPicture,
    cells: () => grid.cells,
    /** @returns {[number, number]} queries and keys that a line is drawn for: one each, or more */
    tokensOfLine: () => [layout?.queries.rows.size ?? 1, layout?.keys.rows.size ?? 1],
    mark: cells.mark,
    focus: cells.focus,
    /**
     * @param {Cell} cell
     * @returns {{x: number, y: number, size: number}} its place in the host, in pixels
     */
    placeOf(cell) {
      const { x, y } = cellCorner(grid, cell);
      return { x: AXIS_SIZE + x - scroller.scrollLeft, y: AXIS_SIZE + y, size: grid.size };
    },
    /**
     * @param {Cell} cell
     * @returns {boolean} whether the grid has this cell
     */
    has: ({ layer, head }) => grid.cells.some((cell) => cell.layer === layer && cell.head === head),
  };
}

/**
 * Let the page react to what has happened, and paint if a frame is due; a timer, or the next frame,
 * would let time pass with nothing done.
 * @returns {Promise<void>}
 */
function letPageReact() {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/**
 * @param {Drawn} one
 * @param {Drawn} other
 * @returns {boolean} whether both make the same picture
 */
function isSame(one, other) {
  return (
    one.trace === other.trace &&
    one.attentionPart.label === other.attentionPart.label &&
    one.width === other.width &&
    one.selection.palette === other.selection.palette &&
    one.selection.gridLayers === other.selection.gridLayers &&
    one.selection.gridHeads === other.selection.gridHeads
  );
}

/**
 * @param {Element} element
 * @returns {boolean} whether a part of it is in the window, under the heads' numbers
 */
function isInSight(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > AXIS_SIZE && top < globalThis.innerHeight;
}
