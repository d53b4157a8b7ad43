// A token of a picture, named by its axis and its position, or several tokens of one axis.

/**
 * A query or a key, or several.
 * @typedef {object} TokenPosition
 * @property {"query" | "key"} axis
 * @property {number} position index in the whole axis, not in the attention part
 * @property {number[]} [others] the positions of more tokens, ascending and larger than `position`
 */

/**
 * Return the positions of one or several tokens.
 * @param {TokenPosition} token
 * @returns {number[]} ascending
 */
export function positionsOfToken({ position, others = [] }) {
  return [position, ...others];
}

/** Tokens that are highlighted together: their weights on 512 tokens are computed in a frame. */
export const MAX_TOKENS = 64;

/**
 * Return several tokens of one axis.
 * @param {TokenPosition["axis"]} axis
 * @param {number[]} positions in any order, with or without duplicates; the first MAX_TOKENS are taken
 * @returns {TokenPosition | null} null for no position
 */
export function tokensAt(axis, positions) {
  const taken = [...new Set(positions)].slice(0, MAX_TOKENS);
  const [position, ...others] = taken.sort((a, b) => a - b);
  if (position === undefined) return null;
  return others.length ? { axis, position, others } : { axis, position };
}

/**
 * Add a token to others of the same axis, or remove it from them.
 * @param {TokenPosition | null} tokens
 * @param {TokenPosition} token
 * @returns {TokenPosition | null} null if no token is left; the token alone if the others are on another
 *   axis
 */
export function toggleToken(tokens, token) {
  if (tokens?.axis !== token.axis) return token;
  const positions = positionsOfToken(tokens);
  const isIn = positions.includes(token.position);
  return tokensAt(
    token.axis,
    isIn ? positions.filter((each) => each !== token.position) : [...positions, token.position],
  );
}

/**
 * Check whether two token positions are the same tokens. Two nulls are the same.
 * @param {TokenPosition | null} one
 * @param {TokenPosition | null} other
 * @returns {boolean}
 */
export function isSamePosition(one, other) {
  if (!one || !other) return one === other;
  return one.axis === other.axis && `${positionsOfToken(one)}` === `${positionsOfToken(other)}`;
}

/**
 * Return the other axis.
 * @param {TokenPosition["axis"]} axis
 * @returns {TokenPosition["axis"]}
 */
export function oppositeOf(axis) {
  return axis === "query" ? "key" : "query";
}
