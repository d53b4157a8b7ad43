// How large a picture of many tokens is, and which part of it is in sight: pure functions, no DOM.

/**
 * @typedef {object} Scale
 * @property {number} tokenHeight pixels
 * @property {number} top pixels of the picture above what is in sight
 */

/**
 * @typedef {object} Bounds
 * @property {number} tokens of the longer column
 * @property {number} seen pixels of height that can be seen at once
 * @property {number} usual height of a token, in pixels, before the reader zooms
 */

/** Tokens in sight at the largest scale. */
const LEAST_TOKENS = 2;

/**
 * The same scale, within bounds: between all tokens in sight and two.
 * @param {Scale} scale
 * @param {Bounds} bounds
 * @returns {Scale}
 */
export function bounded({ tokenHeight, top }, { tokens, seen, usual }) {
  const least = Math.min(usual, seen / tokens);
  const most = Math.max(usual, seen / Math.min(LEAST_TOKENS, tokens));
  const height = Math.max(least, Math.min(most, tokenHeight));
  return { tokenHeight: height, top: Math.max(0, Math.min(height * tokens - seen, top)) };
}

/**
 * Larger or smaller, with the token under a place where it was.
 * @param {Scale} scale
 * @param {number} factor
 * @param {number} place pixels below the top of what is in sight
 * @param {Bounds} bounds
 * @returns {Scale}
 */
export function zoomed({ tokenHeight, top }, factor, place, bounds) {
  const token = (top + place) / tokenHeight;
  const height = bounded({ tokenHeight: tokenHeight * factor, top }, bounds).tokenHeight;
  return bounded({ tokenHeight: height, top: token * height - place }, bounds);
}

/**
 * As large as now, with a token in the middle.
 * @param {Scale} scale
 * @param {number} token counted from the first one, may lie between two
 * @param {Bounds} bounds
 * @returns {Scale}
 */
export function centred({ tokenHeight }, token, bounds) {
  return bounded({ tokenHeight, top: token * tokenHeight - bounds.seen / 2 }, bounds);
}

/**
 * A span of tokens, as large as it can be in sight.
 * @param {[number, number]} span counted from the first token
 * @param {Bounds} bounds
 * @returns {Scale}
 */
export function spanning([begin, end], bounds) {
  const tokenHeight = bounds.seen / Math.max(end - begin, LEAST_TOKENS);
  return bounded({ tokenHeight, top: begin * tokenHeight }, bounds);
}
