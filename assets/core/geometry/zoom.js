// How large a picture of many tokens is, and which part of it is in sight: pure functions, no DOM.

/**
 * @typedef {object} Scale
 * @property {number} tokenHeight pixels
 * @property {number} top pixels of the picture above what is in sight
 */

/**
 * @typedef {object} Bounds
 * @property {number} numTokens of the longer column
 * @property {number} viewHeight pixels of height that can be seen at once
 * @property {number} defaultTokenHeight height of a token, in pixels, before the reader zooms
 */

/** Tokens in sight at the largest scale. */
const LEAST_TOKENS = 2;

/**
 * The same scale, within bounds: between all tokens in sight and two.
 * @param {Scale} scale
 * @param {Bounds} bounds
 * @returns {Scale}
 */
export function boundScale({ tokenHeight, top }, { numTokens, viewHeight, defaultTokenHeight }) {
  const least = Math.min(defaultTokenHeight, viewHeight / numTokens);
  const most = Math.max(defaultTokenHeight, viewHeight / Math.min(LEAST_TOKENS, numTokens));
  const height = Math.max(least, Math.min(most, tokenHeight));
  return { tokenHeight: height, top: Math.max(0, Math.min(height * numTokens - viewHeight, top)) };
}

/**
 * Larger or smaller, with the token under a place where it was.
 * @param {Scale} scale
 * @param {number} factor
 * @param {number} place pixels below the top of what is in sight
 * @param {Bounds} bounds
 * @returns {Scale}
 */
export function zoomScale({ tokenHeight, top }, factor, place, bounds) {
  const token = (top + place) / tokenHeight;
  const height = boundScale({ tokenHeight: tokenHeight * factor, top }, bounds).tokenHeight;
  return boundScale({ tokenHeight: height, top: token * height - place }, bounds);
}

/**
 * As large as now, with a token in the middle.
 * @param {Scale} scale
 * @param {number} token counted from the first one, may lie between two
 * @param {Bounds} bounds
 * @returns {Scale}
 */
export function centerScale({ tokenHeight }, token, bounds) {
  return boundScale({ tokenHeight, top: token * tokenHeight - bounds.viewHeight / 2 }, bounds);
}

/**
 * A span of tokens, as large as it can be in sight.
 * @param {[number, number]} span counted from the first token
 * @param {Bounds} bounds
 * @returns {Scale}
 */
export function fitScale([begin, end], bounds) {
  const tokenHeight = bounds.viewHeight / Math.max(end - begin, LEAST_TOKENS);
  return boundScale({ tokenHeight, top: begin * tokenHeight }, bounds);
}
