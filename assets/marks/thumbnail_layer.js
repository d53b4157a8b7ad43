// The thumbnails of one layer: a row of the model view's grid.

import { categoryColor } from "../drawing/color.js";
import { drawThumbnail, lineWidth } from "./thumbnail.js";

/** @typedef {import("../core/data/trace.js").Tensor} Tensor */
/** @typedef {import("../drawing/surface.js").Surface} Surface */
/** @typedef {import("./thumbnail_content.js").GridContent} GridContent */

/**
 * Draw a layer, head by head.
 * @param {Surface} surface
 * @param {GridContent} content
 * @param {number} layer
 * @param {Tensor} overview of the layer, uint8 `[head, query_bin, key_bin]`
 * @param {number} y top of the layer's row on the surface, in pixels
 * @returns {Generator<() => void, void>} yields before each head a function that puts the heads drawn so
 *   far on the surface
 */
export function* drawLayer(surface, { selection, grid, layout }, layer, overview, y) {
  const { heads, cells, size } = grid;
  for (const band of surface.bandsOf([0, y, heads.length * size, y + size])) {
    const renderer = surface.createLineRenderer(band, lineWidth(layout));
    renderer.setColor(categoryColor(layer, selection.palette));
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
}
