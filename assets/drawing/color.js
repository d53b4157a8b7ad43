// Colours, the same on a light and on a dark page: marks on a canvas need no redraw on a change.

import { hsl, schemeCategory10 } from "../vendor/d3.js";

/** Attention of one head where no head or layer gives the colour, and positive numbers. */
export const BLUE = "#2b7de9";
/** Negative numbers. */
export const ORANGE = "#ff6318";

/** @typedef {import("../core/state/selection.js").PaletteName} PaletteName */

/**
 * Colours of heads and layers. BertViz's are D3's category10. Those of Okabe and Ito (2008, Color
 * Universal Design) are told apart by readers with any kind of colour blindness; their black is left
 * out, since a dark page would swallow it.
 * @type {Record<PaletteName, {name: string, colors: readonly string[]}>}
 */
export const PALETTES = {
  category10: { name: "Category 10", colors: schemeCategory10 },
  "okabe-ito": {
    name: "Colour-blind safe",
    colors: ["#0072b2", "#e69f00", "#009e73", "#d55e00", "#56b4e9", "#cc79a7", "#f0e442"],
  },
};

/**
 * The colour of a head or a layer; where a palette ends, its colours repeat.
 * @param {number} index
 * @param {PaletteName} [palette]
 * @returns {string}
 */
export function categoryColor(index, palette = "category10") {
  const { colors } = PALETTES[palette];
  return colors[index % colors.length];
}

/**
 * The colour of an inactive head, as BertViz lightens it: three fifths of the way to white, and
 * less saturated by as much.
 * @param {string} color
 * @returns {string}
 */
export function lighten(color) {
  const { h, s, l } = hsl(color);
  const step = (1 - l) * 0.6;
  return hsl(h, s - step, l + step).formatHex();
}

/**
 * The colour of a number of a vector: blue from zero up, orange below.
 * @param {number} value
 * @returns {string}
 */
export function signColor(value) {
  return value >= 0 ? BLUE : ORANGE;
}

/**
 * The opacity of a number of a vector: `tanh(|value| / 4)`.
 * @param {number} value
 * @returns {number}
 */
export function valueOpacity(value) {
  return Math.tanh(Math.abs(value) / 4);
}

/**
 * The opacity of a connector of the neuron view: `tanh(1.8 * weight)`.
 * @param {number} weight
 * @returns {number}
 */
export function connectorOpacity(weight) {
  return Math.tanh(1.8 * weight);
}
