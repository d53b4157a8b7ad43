// The drawing of a grid of thumbnails, layer by layer, visible layers first.

import { AXIS_SIZE, nextLayerToDraw } from "../core/geometry/grid_layout.js";
import { drawLayer } from "./thumbnail_layer.js";
import { startTimeSlices } from "./time_slices.js";

/** @typedef {import("../drawing/surface.js").Surface} Surface */
/** @typedef {import("./thumbnail_content.js").GridContent} GridContent */

/**
 * Called with the number of drawn layers and of all layers.
 * @typedef {(drawn: number, all: number) => void} OnProgress
 */

/** @typedef {{canvas: HTMLCanvasElement, surface: Surface}} LayerCanvas */

/** Milliseconds after which the progress is reported. */
const PROGRESS_DELAY = 300;

/**
 * Draw all layers.
 * @param {GridContent} content
 * @param {LayerCanvas[]} canvases one for each layer of the grid
 * @param {AbortSignal} signal aborts the drawing
 * @param {OnProgress} onProgress
 * @returns {Promise<void>} resolves when all layers are drawn, or when the drawing was aborted
 */
export async function fillGrid(content, canvases, signal, onProgress) {
  const { trace, attentionPart, filter, grid } = content;
  const canvasOf = (/** @type {number} */ layer) => canvases[grid.layers.indexOf(layer)];
  const left = [...grid.layers];
  const progress = startProgress(signal, () =>
    onProgress(grid.layers.length - left.length, grid.layers.length),
  );
  const pauseIfDue = startTimeSlices();
  try {
    while (left.length > 0) {
      progress.reportIfLate();
      const layer = nextLayerToDraw(left, (each) => isVisible(canvasOf(each).canvas));
      const overview = await trace.overview(
        attentionPart.component,
        layer,
        filter?.text ?? "",
        signal,
      );
      const { canvas, surface } = canvasOf(layer);
      for (const flush of drawLayer(surface, content, layer, overview, 0)) {
        await pauseIfDue(flush);
        if (signal.aborted || !canvas.isConnected) return;
      }
      left.splice(left.indexOf(layer), 1);
    }
    progress.report();
  } finally {
    progress.stop();
  }
}

/**
 * Start to report progress: once after PROGRESS_DELAY, and from then on for each call of `reportIfLate`.
 * @param {AbortSignal} signal ends the reports
 * @param {() => void} onProgress
 */
function startProgress(signal, onProgress) {
  let isLate = false;
  const report = () => {
    if (!signal.aborted) onProgress();
  };
  const timer = setTimeout(() => {
    isLate = true;
    report();
  }, PROGRESS_DELAY);
  return {
    report,
    reportIfLate() {
      if (isLate) report();
    },
    stop: () => clearTimeout(timer),
  };
}

/**
 * Return whether a part of an element is inside the window and below the head numbers.
 * @param {Element} element
 * @returns {boolean}
 */
function isVisible(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > AXIS_SIZE && top < globalThis.innerHeight;
}
