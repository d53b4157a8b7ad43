// The rows of a token column. A row is one token, or several neighbors if the picture is zoomed out.
// The bins of an overview (bertviz_space/files/wire.py) divide the tokens in the same way.

/** @typedef {import("../data/wire.js").Token} Token */

/**
 * Row `i` contains the tokens from `edges[i]` to before `edges[i + 1]`.
 * @typedef {object} Rows
 * @property {number[]} edges positions in the whole axis, ascending
 * @property {number} size tokens per row; the last row of a segment may have fewer
 */

/**
 * Divide a span of tokens into rows. No row contains tokens of two segments.
 * @param {Token[]} tokens all tokens of the axis
 * @param {[number, number]} span the first position, and one past the last; both are at the edge of a
 *   segment
 * @param {number} size tokens per row
 * @returns {Rows}
 */
export function rowsOf(tokens, [begin, end], size) {
  const segmentB = tokens.findIndex(({ segment }) => segment === "B");
  const border = segmentB > begin && segmentB < end ? segmentB : end;
  const edges = [];
  for (let position = begin; position < border; position += size) edges.push(position);
  for (let position = border; position < end; position += size) edges.push(position);
  return { edges: [...edges, end], size };
}

/**
 * Return the number of rows.
 * @param {Rows} rows
 * @returns {number}
 */
export function numRows({ edges }) {
  return edges.length - 1;
}

/**
 * Return the number of tokens in all rows.
 * @param {Rows} rows
 * @returns {number}
 */
export function numTokens({ edges }) {
  return edges[edges.length - 1] - edges[0];
}

/**
 * Check whether the same tokens are divided into the same rows.
 * @param {Rows} one
 * @param {Rows} other rows of the same axis
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
 * Return the row that contains a token.
 * @param {Rows} rows
 * @param {number} position of a token in one of the rows
 * @returns {number}
 */
export function rowAt({ edges, size }, position) {
  if (size === 1) return position - edges[0];
  // All rows are full except the last of a segment, so this is the row or one that precedes it.
  let row = Math.floor((position - edges[0]) / size);
  while (edges[row + 1] <= position) row++;
  return row;
}

/**
 * Return how many tokens must form a row so that it is high enough to be read. The result is a power
 * of two, so that rows of one zoom level consist of whole rows of the next.
 * @param {number} tokenHeight pixels
 * @param {number} minRowHeight pixels
 * @returns {number} 1 or more
 */
export function rowSize(tokenHeight, minRowHeight) {
  return 2 ** Math.max(0, Math.ceil(Math.log2(minRowHeight / tokenHeight)));
}
