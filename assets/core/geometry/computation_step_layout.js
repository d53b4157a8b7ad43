// The layout of one step of the expanded neuron view, for a width into which the whole computation does
// not fit: the query tokens at the left edge, one kind of vector or number, and the key tokens.

import { BAND_HEIGHT, MAX_BAND_WIDTH, rowsLayout } from "./computation_layout.js";
import { shareWidth } from "./token_widths.js";

/** @typedef {import("./computation_layout.js").ColumnPositions} ColumnPositions */
/** @typedef {import("./computation_layout.js").ComputationLayout} ComputationLayout */
/** @typedef {import("./computation_layout.js").ComputationSizes} ComputationSizes */

/** @typedef {"q" | "k" | "product" | "score" | "weight"} Step */

/** Pixels between the query tokens and the next column, which hold the corner of the connectors. */
const QUERY_GAP = 16;
/** Pixels before the key tokens, and at the right edge of the picture. */
const [BEFORE_TOKENS, EDGE] = [4, 2];
/** Bounds of the width of a column of terms, and of the column of weights, in pixels. */
const [MIN_TERM_WIDTH, MAX_TERM_WIDTH] = [46, 84];
const [MIN_WEIGHT_WIDTH, MAX_WEIGHT_WIDTH] = [50, 66];
/**
 * Pixels on each side of the dot products, and before the scores, that the heading "Softmax" needs beside
 * the headings of those columns.
 */
const [BESIDE_DOT, BEFORE_SCORE] = [14, 12];
/** Middle of the heading "Softmax", in pixels from the left edge of the key tokens. */
const SOFTMAX_X = 34;

/** @satisfies {Partial<ColumnPositions>} */
const NO_COLUMNS = {
  q: null,
  k: null,
  outside: null,
  product: null,
  dot: null,
  tokens: null,
  softmax: null,
  reasons: null,
  weight: null,
  placeholder: null,
  isStep: true,
};

/**
 * Return the steps of a computation. Only a score of several terms has a step of its own.
 * @param {number} numTerms columns of numbers before the weights
 * @returns {Step[]}
 */
export function stepsOf(numTerms) {
  return numTerms > 1 ? ["q", "k", "product", "score", "weight"] : ["q", "k", "product", "weight"];
}

/**
 * Return the pixels that the columns of the widest step need without the tokens.
 * @param {number} numTerms columns of numbers before the weights
 * @returns {number}
 */
export function widthWithoutTokens(numTerms) {
  const widthOfWeightStep = BAND_HEIGHT + BEFORE_TOKENS + MIN_TERM_WIDTH + MIN_WEIGHT_WIDTH;
  return QUERY_GAP + Math.max(widthOfWeightStep, numTerms * MIN_TERM_WIDTH) + EDGE;
}

/**
 * Lay out one step. The token columns have the same widths in all steps. The picture fits into the
 * available width if that is at least `widthWithoutTokens` and two columns of MIN_TOKEN_WIDTH.
 * @param {ComputationSizes} sizes
 * @param {Step} step
 * @returns {ComputationLayout}
 */
export function stepLayout(sizes, step) {
  const { numTerms, availableWidth } = sizes;
  const rest = widthWithoutTokens(numTerms);
  const { queryWidth, keyWidth } = shareWidth(
    sizes.queryWidth,
    sizes.keyWidth,
    availableWidth - rest,
  );
  const begin = queryWidth + QUERY_GAP;
  const end = Math.max(availableWidth, queryWidth + keyWidth + rest) - EDGE;
  return {
    ...NO_COLUMNS,
    queryWidth,
    keyWidth,
    bandWidth: 0,
    corner: queryWidth + QUERY_GAP / 2,
    terms: Array(numTerms).fill(null),
    ...COLUMNS[step]({ begin, end, keyWidth, numTerms }),
    ...rowsLayout(sizes),
  };
}

/**
 * The space for the columns of a step.
 * @typedef {object} Space
 * @property {number} begin left edge of the first column after the query tokens, in pixels
 * @property {number} end right edge of the last column, in pixels
 * @property {number} keyWidth pixels
 * @property {number} numTerms columns of numbers before the weights
 */

/** @typedef {Partial<ColumnPositions> & {width: number}} StepColumns */

/** @type {Record<Step, (space: Space) => StepColumns>} */
const COLUMNS = {
  q: queryColumns,
  k: (space) => ({ ...bandColumns(space), k: space.begin }),
  product: (space) => ({
    ...bandColumns(space),
    product: space.begin,
    outside: space.begin,
    placeholder: { x: space.begin, anchor: "start" },
  }),
  score: scoreColumns,
  weight: weightColumns,
};

/**
 * Return the query vectors.
 * @param {Space} space
 * @returns {StepColumns}
 */
function queryColumns({ begin, end }) {
  const bandWidth = Math.min(MAX_BAND_WIDTH, end - begin);
  return { q: begin, bandWidth, width: begin + bandWidth + EDGE };
}

/**
 * Return a column of one vector for each key, and the key tokens.
 * @param {Space} space
 */
function bandColumns({ begin, end, keyWidth }) {
  const bandWidth = Math.min(MAX_BAND_WIDTH, end - begin - BEFORE_TOKENS - keyWidth);
  const tokens = begin + bandWidth + BEFORE_TOKENS;
  return { bandWidth, tokens, width: tokens + keyWidth + EDGE };
}

/**
 * Return the key tokens and all terms of the score.
 * @param {Space} space
 * @returns {StepColumns}
 */
function scoreColumns({ begin, end, keyWidth, numTerms }) {
  const reasons = begin + keyWidth;
  const termWidth = Math.min(MAX_TERM_WIDTH, Math.floor((end - reasons) / numTerms));
  const last = reasons + numTerms * termWidth;
  return {
    tokens: begin,
    reasons,
    terms: Array.from({ length: numTerms }, (_, term) => reasons + (term + 1) * termWidth),
    placeholder: { x: last, anchor: "end" },
    width: last + EDGE,
  };
}

/**
 * Return the dot products, the key tokens, the scores, and the weights. The heading "Softmax" is left out
 * if it would be over its neighbors.
 * @param {Space} space
 * @returns {StepColumns}
 */
function weightColumns({ begin, end, keyWidth, numTerms }) {
  const minWidth = BAND_HEIGHT + BEFORE_TOKENS + keyWidth + MIN_TERM_WIDTH + MIN_WEIGHT_WIDTH;
  const hasHeading = end - begin - minWidth >= 2 * BESIDE_DOT + BEFORE_SCORE;
  const beside = hasHeading ? BESIDE_DOT : 0;
  const minTermWidth = MIN_TERM_WIDTH + (hasHeading ? BEFORE_SCORE : 0);
  const dot = begin + beside;
  const tokens = dot + BAND_HEIGHT + beside + BEFORE_TOKENS;
  const reasons = tokens + keyWidth;
  const weightWidth = Math.min(MAX_WEIGHT_WIDTH, end - reasons - minTermWidth);
  const score = reasons + Math.min(MAX_TERM_WIDTH, end - reasons - weightWidth);
  const weight = score + weightWidth;
  return {
    dot,
    tokens,
    softmax: hasHeading ? tokens + SOFTMAX_X : null,
    reasons,
    terms: Array.from({ length: numTerms }, (_, term) => (term === numTerms - 1 ? score : null)),
    weight,
    outside: begin,
    placeholder: { x: weight, anchor: "end" },
    width: weight + EDGE,
  };
}
