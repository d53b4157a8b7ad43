// The rows of a column: a token each, or some neighbours taken together where the picture is zoomed
// out. The bins of an overview (bertviz_space/files/wire.py) are counted alike.

/** @typedef {import("../data/wire.js").Token} Token */

/**
 * Row `i` holds the tokens from `edges[i]` to before `edges[i + 1]`.
 * @typedef {object} Rows
 * @property {number[]} edges positions in the whole axis, in order
 * @property {number} size tokens of a row; the last one of a segment may have fewer
 */

/**
 * @param {Token[]} tokens of the whole axis
 * @param {[number, number]} span of them: it begins and ends where a segment does
 * @param {number} size tokens of a row
 * @returns {Rows}
 */
export function rowsOf(tokens, [first, end], size) {
  // No row reaches over the border between two segments.
  const border = tokens.findIndex(({ segment }) => segment === "B");
  const stop = border > first && border < end ? border : end;
  const edges = [];
  for (let at = first; at < stop; at += size) edges.push(at);
  for (let at = stop; at < end; at += size) edges.push(at);
  return { edges: [...edges, end], size };
}

/**
 * @param {Rows} rows
 * @returns {number}
 */
export function numRows({ edges }) {
  return edges.length - 1;
}

/**
 * @param {Rows} one
 * @param {Rows} other of the same tokens
 * @returns {boolean}
 */
export function isSameRows(one, other) {
  return (
    one.size === other.size &&
    one.edges[0] === other.edges[0] &&
    one.edges.at(-1) === other.edges.at(-1)
  );
}

/**
 * @param {Rows} rows
 * @param {number} position of a token in one of them
 * @returns {number} the row that holds it
 */
export function rowAt({ edges, size }, position) {
  if (size === 1) return position - edges[0];
  // Before a border rows are full, behind it they may be shifted: the last edge that is not beyond.
  let row = Math.floor((position - edges[0]) / size);
  while (edges[row + 1] <= position) row++;
  return row;
}

/**
 * Tokens of a row where a token is this high, so that rows can be read: a power of two, so that the
 * rows of one scale are made of whole rows of the next.
 * @param {number} tokenHeight pixels
 * @param {number} leastHeight of a row, in pixels
 * @returns {number}
 */
export function rowSize(tokenHeight, leastHeight) {
  return 2 ** Math.max(0, Math.ceil(Math.log2(leastHeight / tokenHeight)));
}

/**
 * Return the number of tokens in all rows.
 * @param {Rows} rows
 * @returns {number}
 */
export function numTokens({ edges }) {
  return edges[edges.length - 1] - edges[0];
}
