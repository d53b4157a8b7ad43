// The colors and opacities of marks. They are the same on a light and on a dark page, so a change of
// the theme needs no redraw of lines.

import { hsl } from "../vendor/d3.js";

/** The attention of a head that has no color of its own, and positive numbers. */
export const BLUE = "#2b7de9";
/** The mean of several heads. Its contrast with a light page is about that with a dark page. */
export const NEUTRAL = "#7a7a7a";
/** Negative numbers. */
export const ORANGE = "#ff6318";

/** @typedef {import("../core/state/selection.js").PaletteName} PaletteName */

/** The colors of D3's category10, which are those of Tableau 10 until 2016. */
const CATEGORY_10 = [
  "#1f77b4",
  "#ff7f0e",
  "#2ca02c",
  "#d62728",
  "#9467bd",
  "#8c564b",
  "#e377c2",
  "#7f7f7f",
  "#bcbd22",
  "#17becf",
];

/**
 * The colors of heads and layers. BertViz uses D3's category10. Readers with any kind of color
 * blindness can distinguish the colors of Okabe and Ito (2008, Color Universal Design). Their black is
 * left out, because it is invisible on a dark page.
 * @type {Record<PaletteName, {name: string, colors: readonly string[]}>}
 */
export const PALETTES = {
  category10: { name: "Standard", colors: CATEGORY_10 },
  "okabe-ito": {
    name: "Color-blind safe",
    colors: ["#0072b2", "#e69f00", "#009e73", "#d55e00", "#56b4e9", "#cc79a7", "#f0e442"],
  },
  // colorsOfHeads gives its colors to the active heads.
  distinct: { name: "Distinct (up to 10 heads)", colors: CATEGORY_10 },
};

/**
 * Return the color of a head or a layer. Colors repeat after the end of the palette.
 * @param {number} index
 * @param {PaletteName} [palette]
 * @returns {string}
 */
export function categoryColor(index, palette = "category10") {
  const { colors } = PALETTES[palette];
  return colors[index % colors.length];
}

/**
 * Return the colors of heads. In the palette "distinct", the first head has the first color, and so on,
 * unless there are more heads than colors.
 * @param {number[]} heads ascending
 * @param {PaletteName} palette
 * @returns {Map<number, string>} by head
 */
export function colorsOfHeads(heads, palette) {
  const isDistinct = palette === "distinct" && heads.length <= PALETTES.distinct.colors.length;
  return new Map(
    heads.map((head, place) => [head, categoryColor(isDistinct ? place : head, palette)]),
  );
}

/**
 * Return the color of an inactive head, as BertViz computes it: the lightness moves three fifths of the
 * way to white, and the saturation decreases by the same amount.
 * @param {string} color
 * @returns {string}
 */
export function lighten(color) {
  const { h, s, l } = hsl(color);
  const step = (1 - l) * 0.6;
  return hsl(h, s - step, l + step).formatHex();
}

/**
 * Return the color of an element of a vector: blue if it is not negative, orange if it is.
 * @param {number} value
 * @returns {string}
 */
export function signColor(value) {
  return value >= 0 ? BLUE : ORANGE;
}

/**
 * Return the opacity of an element of a vector: `tanh(|value| / 4)`.
 * @param {number} value
 * @returns {number} 0 to 1
 */
export function valueOpacity(value) {
  return Math.tanh(Math.abs(value) / 4);
}

/**
 * Return the opacity of a connector of the neuron view: `tanh(1.8 * weight)`.
 * @param {number} weight 0 to 1
 * @returns {number} 0 to 1
 */
export function connectorOpacity(weight) {
  return Math.tanh(1.8 * weight);
}
