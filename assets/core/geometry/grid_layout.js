// The layout of the model view's grid: one row per layer and one column per head.

import { chosenOrAll } from "../state/selection.js";

/** @typedef {import("../state/selection.js").Cell} Cell */
/** @typedef {import("../state/selection.js").Selection} Selection */
/** @typedef {import("../data/wire.js").LayerEntry} LayerEntry */

/**
 * The layers and heads of a component that are in the grid, and the size of a cell.
 * @typedef {object} Grid
 * @property {number[]} layers numbers in the model, from top to bottom
 * @property {number[]} heads from left to right
 * @property {Cell[]} cells row by row; a layer may have fewer heads than others
 * @property {number} size width and height of a cell, in pixels
 */

/** Pixels for the title and the numbers of an axis. */
export const AXIS_SIZE = 44;
/** Bounds of a cell's size, in pixels. WCAG 2.2 asks for targets of at least 24 pixels. */
export const MIN_CELL_SIZE = 24;
const MAX_CELL_SIZE = 112;
/** Minimum size of a cell on the screen of a phone, where fingers pick it, in pixels. */
const MIN_CELL_SIZE_ON_PHONE = 40;
/** Available width below which the screen is that of a phone, in pixels. */
const PHONE_WIDTH = 480;

/**
 * Return the numbers of the layers and heads that a component has.
 * @param {LayerEntry[]} entries the layers of the component
 * @returns {{layers: number[], heads: number[]}} ascending
 */
export function gridNumbers(entries) {
  return {
    layers: entries.map(({ layer }) => layer),
    heads: [...Array(Math.max(...entries.map(({ num_heads }) => num_heads))).keys()],
  };
}

/**
 * Lay out the grid of a component.
 * @param {LayerEntry[]} entries the layers of the component
 * @param {Pick<Selection, "gridLayers" | "gridHeads">} selection
 * @param {number} availableWidth pixels; if they are too few, the grid is wider and scrolls
 * @param {number} [minSize] the minimum size of a cell, in pixels
 * @returns {Grid}
 */
export function gridLayout(
  entries,
  { gridLayers, gridHeads },
  availableWidth,
  minSize = availableWidth < PHONE_WIDTH ? MIN_CELL_SIZE_ON_PHONE : MIN_CELL_SIZE,
) {
  const numHeads = new Map(entries.map(({ layer, num_heads }) => [layer, num_heads]));
  const headsIn = (/** @type {number} */ layer) => numHeads.get(layer) ?? 0;
  const layers = chosenOrAll([...numHeads.keys()], gridLayers);
  const heads = chosenOrAll([...Array(Math.max(...layers.map(headsIn))).keys()], gridHeads);
  const cells = layers.flatMap((layer) =>
    heads.filter((head) => head < headsIn(layer)).map((head) => ({ layer, head })),
  );
  const widthPerCell = Math.floor((availableWidth - AXIS_SIZE) / heads.length);
  const size = Math.min(MAX_CELL_SIZE, Math.max(minSize, widthPerCell));
  return { layers, heads, cells, size };
}

/**
 * Return the top left corner of a cell.
 * @param {Grid} grid
 * @param {Cell} cell
 * @returns {{x: number, y: number}} pixels from the corner where the axes meet
 */
export function cellCorner({ layers, heads, size }, { layer, head }) {
  return { x: heads.indexOf(head) * size, y: layers.indexOf(layer) * size };
}

/**
 * Return the layer to draw next: the first one that is visible, or the first one of all.
 * @param {number[]} layers the layers that are not drawn yet, from top to bottom
 * @param {(layer: number) => boolean} isVisible
 * @returns {number}
 */
export function nextLayerToDraw(layers, isVisible) {
  return layers.find(isVisible) ?? layers[0];
}
