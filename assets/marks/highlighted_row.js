// The highlighted row of a figure, as the inspector describes it.

import { oppositeOf, positionsOfToken } from "../core/data/token_position.js";
import { numRows, rowAt } from "../core/geometry/rows.js";
import { combinedWeights, magnitudes } from "../core/state/highlighted_row.js";
import { rankWeights } from "../core/state/weight_ranking.js";
import { labelOfRow } from "../core/text/label.js";

/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("../core/data/wire.js").Token} Token */
/** @typedef {import("../core/formula/hidden_lines.js").HiddenLines} HiddenLines */
/** @typedef {import("../core/geometry/column_layout.js").Column} Column */
/** @typedef {import("../core/state/highlighted_row.js").HighlightedRow} HighlightedRow */

/** Number of weights that the inspector lists. */
const MAX_RANKED = 10;
/** Number of highlighted tokens that are named. */
const MAX_NAMED = 3;

/**
 * One side of a figure.
 * @typedef {object} Side
 * @property {Token[]} tokens of the whole axis
 * @property {Column} column
 */

/**
 * What a figure knows of its rows.
 * @typedef {object} FigureRows
 * @property {Record<TokenPosition["axis"], Side>} sides
 * @property {TokenPosition["axis"][]} axes the axes whose tokens the figure can highlight
 * @property {number} numHeads
 * @property {((token: TokenPosition, shown: Float32Array) => HiddenLines | null)} [hiddenOf] returns what
 *   a filter hides of a token's row, given the weights that it shows
 * @property {(token: TokenPosition) => Float32Array} weightsOf returns the weights of a token's row, or
 *   the differences between the weights of two runs, `[other row]`, the mean over the heads
 * @property {(token: TokenPosition) => HighlightedRow["compared"]} [comparedOf] returns what the weights of a
 *   row are compared with; null if the weights are no differences
 */

/**
 * Return the description of a highlighted row.
 * @param {FigureRows} figure
 * @param {TokenPosition} token
 * @param {boolean} isPinned
 * @param {Float32Array} [weights] if they are known
 * @returns {HighlightedRow}
 */
export function highlightedRow(
  figure,
  token,
  isPinned,
  weights = combinedWeights(token, figure.weightsOf),
) {
  const { axis } = token;
  const positions = positionsOfToken(token);
  const own = figure.sides[axis];
  const other = figure.sides[oppositeOf(axis)];
  const isSameText = own.tokens === other.tokens;
  const positionOf = (/** @type {number} */ row) => other.column.rows.edges[row];
  const compared = figure.comparedOf?.(token) ?? null;
  return {
    token,
    isPinned,
    subject: subjectOf(positions.map((each) => labelOf(own, rowAt(own.column.rows, each)))),
    nameOf: (row) => labelOf(other, row),
    positionOf,
    targetOf(row) {
      const target = { axis: oppositeOf(axis), position: positionOf(row) };
      if (figure.axes.includes(target.axis)) return target;
      // The figure highlights only queries: go to the query of the same token.
      return isSameText && isInside(own, target.position) ? { ...target, axis } : null;
    },
    weights,
    ranking: rankWeights(compared ? magnitudes(weights) : weights, MAX_RANKED),
    compared,
    numHeads: figure.numHeads,
    hidden: figure.hiddenOf?.(token, weights) ?? null,
    keyPositions: axis === "key" || isSameText ? positions : [],
    opposite() {
      if (!isSameText || !positions.every((each) => isInside(other, each))) return null;
      return highlightedRow(figure, { ...token, axis: oppositeOf(axis) }, isPinned);
    },
  };
}

/**
 * @param {string[]} labels at least one
 * @returns {string} such as "new + york", or "the + 6 more"
 */
function subjectOf(labels) {
  if (labels.length <= MAX_NAMED) return labels.join(" + ");
  return `${labels[0]} + ${labels.length - 1} more`;
}

/**
 * @param {Side} side
 * @param {number} position
 * @returns {boolean} whether the side contains the token
 */
function isInside({ column: { rows } }, position) {
  return position >= rows.edges[0] && position < rows.edges[numRows(rows)];
}

/**
 * @param {Side} side
 * @param {number} row
 * @returns {string}
 */
function labelOf({ tokens, column }, row) {
  const { edges } = column.rows;
  return labelOfRow(tokens, edges[row], edges[row + 1]);
}
