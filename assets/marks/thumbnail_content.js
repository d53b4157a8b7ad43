// What a grid of thumbnails shows: an attention part, its layers and heads, and their geometry.

import { gridLayout } from "../core/geometry/grid_layout.js";
import { thumbnailLayout } from "./thumbnail.js";

/** @typedef {import("../core/data/trace.js").Trace} Trace */
/** @typedef {import("../core/state/attention_part.js").AttentionPart} AttentionPart */
/** @typedef {import("../core/state/selection.js").Selection} Selection */

/**
 * @typedef {object} GridOptions
 * @property {Pick<Selection, "palette" | "gridLayers" | "gridHeads">} selection
 * @property {number} width available for the grid, in pixels
 */

/** @typedef {import("./thumbnail.js").ShownPart & GridOptions} GridRequest */

/**
 * @typedef {object} GridGeometry
 * @property {import("../core/geometry/grid_layout.js").Grid} grid
 * @property {import("./thumbnail.js").ThumbnailLayout} layout of each thumbnail
 */

/** @typedef {GridRequest & GridGeometry} GridContent */

/**
 * Lay out a grid.
 * @param {GridRequest} request
 * @param {number} [minSize] the minimum size of a cell, in pixels
 * @returns {GridContent}
 */
export function gridContent(request, minSize) {
  const { trace, attentionPart, selection, width } = request;
  const { layers } = trace.component(attentionPart.component);
  const grid = gridLayout(layers, selection, width, minSize);
  return { ...request, grid, layout: thumbnailLayout(request, grid.size) };
}

/**
 * Return whether two requests result in the same picture.
 * @param {GridRequest} one
 * @param {GridRequest} other
 * @returns {boolean}
 */
export function isSameRequest(one, other) {
  return (
    one.trace === other.trace &&
    one.attentionPart.label === other.attentionPart.label &&
    one.filter?.text === other.filter?.text &&
    one.width === other.width &&
    one.selection.palette === other.selection.palette &&
    one.selection.gridLayers === other.selection.gridLayers &&
    one.selection.gridHeads === other.selection.gridHeads
  );
}
