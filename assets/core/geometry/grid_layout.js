// Where the cells of the model view stand: a row a layer, a column a head, numbered at the edges.

import { chosenOrAll } from "../state/selection.js";

/** @typedef {import("../state/selection.js").Cell} Cell */
/** @typedef {import("../state/selection.js").Selection} Selection */
/** @typedef {import("../data/wire.js").LayerEntry} LayerEntry */

/**
 * What of a component is in the grid, and how large.
 * @typedef {object} Grid
 * @property {number[]} layers true numbers, from top to bottom
 * @property {number[]} heads from left to right
 * @property {Cell[]} cells in reading order; a layer may have fewer heads than others
 * @property {number} size width and height of a cell, in pixels
 */

/** Room for the titles and numbers of an axis, in pixels. */
export const AXIS_SIZE = 44;
/** Bounds of a cell's size, in pixels. */
const [LEAST_SIZE, MOST_SIZE] = [20, 112];

/**
 * @param {LayerEntry[]} entries the layers of a component
 * @param {Pick<Selection, "gridLayers" | "gridHeads">} selection
 * @param {number} width that there is, in pixels; where cells would be too small, the grid is wider
 * @returns {Grid}
 */
export function gridLayout(entries, { gridLayers, gridHeads }, width) {
  const numHeads = new Map(entries.map(({ layer, num_heads }) => [layer, num_heads]));
  const headsIn = (/** @type {number} */ layer) => numHeads.get(layer) ?? 0;
  const layers = chosenOrAll([...numHeads.keys()], gridLayers);
  const heads = chosenOrAll([...Array(Math.max(...layers.map(headsIn))).keys()], gridHeads);
  const cells = layers.flatMap((layer) =>
    heads.filter((head) => head < headsIn(layer)).map((head) => ({ layer, head })),
  );
  const room = Math.floor((width - AXIS_SIZE) / heads.length);
  const size = Math.min(MOST_SIZE, Math.max(LEAST_SIZE, room));
  return { layers, heads, cells, size };
}

/**
 * @param {Grid} grid
 * @param {Cell} cell
 * @returns {{x: number, y: number}} its corner, from the corner where the axes meet
 */
export function cellCorner({ layers, heads, size }, { layer, head }) {
  return { x: heads.indexOf(head) * size, y: layers.indexOf(layer) * size };
}

/**
 * The layer to draw next: what the reader has in sight comes before the rest.
 * @param {number[]} layers that are not drawn, from top to bottom
 * @param {(layer: number) => boolean} isInSight
 * @returns {number}
 */
export function nextLayerToDraw(layers, isInSight) {
  return layers.find(isInSight) ?? layers[0];
}
