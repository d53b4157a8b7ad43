// A token of a picture, named by its axis and its position.

/**
 * A query or a key.
 * @typedef {object} TokenPosition
 * @property {"query" | "key"} axis
 * @property {number} position index in the whole axis, not in the attention part
 */

/**
 * Check whether two token positions are the same token. Two nulls are the same.
 * @param {TokenPosition | null} one
 * @param {TokenPosition | null} other
 * @returns {boolean}
 */
export function isSamePosition(one, other) {
  return one?.axis === other?.axis && one?.position === other?.position;
}

/**
 * Return the other axis.
 * @param {TokenPosition["axis"]} axis
 * @returns {TokenPosition["axis"]}
 */
export function oppositeOf(axis) {
  return axis === "query" ? "key" : "query";
}
