// The options of a bipartite figure.

import { MAX_HEIGHT } from "../drawing/viewport.js";

/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("../core/state/highlighted_row.js").HighlightedRow} HighlightedRow */

/**
 * @typedef {object} BipartiteOptions
 * @property {(token: TokenPosition | null) => void} onPin the reader pins a token; null unpins
 * @property {(tokens: TokenPosition | null) => void} onSelect the reader pins exactly these tokens
 * @property {(token: TokenPosition | null) => void} [onPoint] the reader points at a token; null for none
 * @property {() => void} [onRelease] the reader pressed the background or Escape
 * @property {(token: TokenPosition) => void} [onZoomIn] the reader zooms in to a token in a row of several tokens
 * @property {(row: HighlightedRow | null, numHeads: number, tokensPerRow: number) => void} onHighlight
 *   another row is highlighted, or none
 * @property {(scale: {isWhole: boolean, isLong: boolean}) => void} [onScale] the scale changed:
 *   whether all tokens are visible, and whether they would not be visible at the default scale
 * @property {boolean} [highlightKeys] whether key tokens can be highlighted
 * @property {number} [buttonWidth] pixels for a button to the left of a query token
 * @property {number} [rowHeight] height of a row at the default scale, in pixels
 * @property {number} [lineWidth] pixels
 * @property {number} [fontSize] pixels
 * @property {number} [maxHeight] pixels; a taller figure scrolls
 */

/** The values of the options that a figure leaves out. */
export const DEFAULTS = {
  highlightKeys: true,
  buttonWidth: 0,
  rowHeight: 22.5,
  lineWidth: 2,
  fontSize: 15,
  maxHeight: MAX_HEIGHT,
};
