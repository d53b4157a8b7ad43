// A pair of a query and a key that the reader chose in the inspector.

/** @typedef {import("./highlighted_row.js").HighlightedRow} HighlightedRow */

/**
 * @typedef {object} TokenPair
 * @property {number} query position
 * @property {number} key position
 * @property {string} text what the pair stands for, such as "she attends to nurse"
 */

/**
 * Return the pair of a row's token and one of the tokens of the other axis.
 * @param {HighlightedRow} row a row of one token
 * @param {number} index of the other row
 * @returns {TokenPair}
 */
export function tokenPair({ token, subject, nameOf, positionOf }, index) {
  const [other, name] = [positionOf(index), nameOf(index)];
  return token.axis === "query"
    ? { query: token.position, key: other, text: `${subject} attends to ${name}` }
    : { query: other, key: token.position, text: `${name} attends to ${subject}` };
}
