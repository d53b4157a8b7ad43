// How two token columns share the width of a figure.

/** Pixels for the button that expands or collapses the neuron view, to the left of the query tokens. */
export const BUTTON_WIDTH = 20;
/** Minimum width of a token column, in pixels: four letters and an ellipsis. */
export const MIN_TOKEN_WIDTH = 56;

/**
 * Return the widths of two token columns that share a width. A column is narrower than its labels only if
 * both do not fit; the wider one becomes narrower first.
 * @param {number} queryWidth pixels that the labels of the queries need
 * @param {number} keyWidth pixels that the labels of the keys need
 * @param {number} available pixels for both; both columns fit if these are at least twice MIN_TOKEN_WIDTH
 * @returns {{queryWidth: number, keyWidth: number}}
 */
export function shareWidth(queryWidth, keyWidth, available) {
  const room = Math.max(available, 2 * MIN_TOKEN_WIDTH);
  const widthBeside = (/** @type {number} */ other) => Math.max(room / 2, room - other);
  return {
    queryWidth: Math.min(queryWidth, widthBeside(keyWidth)),
    keyWidth: Math.min(keyWidth, widthBeside(queryWidth)),
  };
}
