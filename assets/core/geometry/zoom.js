// The scale and the scroll position of a picture of many tokens.

/**
 * @typedef {object} Scale
 * @property {number} tokenHeight pixels
 * @property {number} top pixels of the picture above its visible part
 */

/**
 * The sizes that limit a scale.
 * @typedef {object} Bounds
 * @property {number} numTokens tokens of the longer column
 * @property {number} viewHeight pixels that are visible at once
 * @property {number} defaultTokenHeight pixels of a token before the reader zooms
 */

/** Tokens that are visible at the largest scale. */
const MIN_TOKENS = 2;

/**
 * Limit a scale. At the smallest scale all tokens are visible, at the largest two.
 * @param {Scale} scale
 * @param {Bounds} bounds
 * @returns {Scale}
 */
export function boundScale({ tokenHeight, top }, { numTokens, viewHeight, defaultTokenHeight }) {
  const min = Math.min(defaultTokenHeight, viewHeight / numTokens);
  const max = Math.max(defaultTokenHeight, viewHeight / Math.min(MIN_TOKENS, numTokens));
  const height = Math.max(min, Math.min(max, tokenHeight));
  return { tokenHeight: height, top: Math.max(0, Math.min(height * numTokens - viewHeight, top)) };
}

/**
 * Zoom in or out while the token under a point stays in place.
 * @param {Scale} scale
 * @param {number} factor above 1 to zoom in
 * @param {number} y the point, in pixels below the top of the visible part
 * @param {Bounds} bounds
 * @returns {Scale}
 */
export function zoomScale({ tokenHeight, top }, factor, y, bounds) {
  const token = (top + y) / tokenHeight;
  const height = boundScale({ tokenHeight: tokenHeight * factor, top }, bounds).tokenHeight;
  return boundScale({ tokenHeight: height, top: token * height - y }, bounds);
}

/**
 * Scroll a token to the middle without zooming.
 * @param {Scale} scale
 * @param {number} token counted from the first one; a fraction is a point inside a token
 * @param {Bounds} bounds
 * @returns {Scale}
 */
export function centerScale({ tokenHeight }, token, bounds) {
  return boundScale({ tokenHeight, top: token * tokenHeight - bounds.viewHeight / 2 }, bounds);
}

/**
 * Return the scale at which a span of tokens fills the visible part.
 * @param {[number, number]} span begin and end, counted from the first token
 * @param {Bounds} bounds
 * @returns {Scale}
 */
export function fitScale([begin, end], bounds) {
  const tokenHeight = bounds.viewHeight / Math.max(end - begin, MIN_TOKENS);
  return boundScale({ tokenHeight, top: begin * tokenHeight }, bounds);
}
