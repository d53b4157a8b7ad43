// The part of a result that the reader saves, and the limits of one file.

import { tokensOfUnit } from "../data/units.js";
import { meanWeightsOf, weightsOf } from "../formula/attention.js";
import { FilteredWeights } from "../formula/filtered_weights.js";
import { keyVector, queryVector } from "../formula/vectors.js";
import { positionsOf } from "../state/attention_part.js";

/** @typedef {import("../formula/filtered_weights.js").ComponentFilter} ComponentFilter */
/** @typedef {import("../state/attention_part.js").AttentionPart} AttentionPart */
/** @typedef {import("../data/trace.js").Trace} Trace */
/** @typedef {import("../data/units.js").Units} Units */
/** @typedef {import("../data/wire.js").LayerAttention} LayerAttention */

/**
 * The part of a result that a view shows.
 * @typedef {object} ExportedPart
 * @property {Trace} trace
 * @property {AttentionPart} attentionPart its spans count units: tokens or words
 * @property {Record<"query" | "key", Units>} axes the units of the attention part's component
 * @property {{layer: LayerAttention, heads: number[]}[]} layers at least one, each with at least one
 *   head
 * @property {ComponentFilter | null} filter what the view hides; null for nothing
 * @property {boolean} [mean] whether the view shows the mean of the heads instead of each head
 */

/** The two kinds of vectors: where their positions are, and how to read them. */
export const VECTOR_KINDS = /** @type {const} */ ([
  { kind: "query", span: "queries", vectorOf: queryVector },
  { kind: "key", span: "keys", vectorOf: keyVector },
]);

/**
 * Return the numbers of queries and keys of an attention part.
 * @param {AttentionPart} attentionPart
 * @returns {[queries: number, keys: number]}
 */
export function partSize({ queries, keys }) {
  return [queries[1] - queries[0], keys[1] - keys[0]];
}

/**
 * Return a part with tokens instead of words, and without a filter: vectors are those of tokens.
 * @param {ExportedPart} part
 * @returns {ExportedPart}
 */
export function inTokens(part) {
  const { trace, attentionPart, axes } = part;
  const spanOf = (/** @type {Units} */ units, /** @type {[number, number]} */ [begin, end]) => {
    return /** @type {[number, number]} */ ([units.starts[begin], tokensOfUnit(units, end - 1)[1]]);
  };
  return {
    ...part,
    attentionPart: {
      ...attentionPart,
      queries: spanOf(axes.query, attentionPart.queries),
      keys: spanOf(axes.key, attentionPart.keys),
    },
    axes: trace.units(attentionPart.component, false),
    filter: null,
    mean: false,
  };
}

/**
 * Return the shown weights of each query of the attention part on its keys.
 * @param {LayerAttention} layer
 * @param {number[]} heads one head, or several for their mean
 * @param {Pick<ExportedPart, "attentionPart" | "filter">} part
 * @returns {{query: number, weights: Float32Array}[]} weights `[key]` of each query, 0 if hidden
 */
export function weightRows(layer, heads, { attentionPart: { queries, keys }, filter }) {
  const filtered = filter && new FilteredWeights(layer, heads, filter);
  return positionsOf(queries).map((query) => {
    const token = /** @type {const} */ ({ axis: "query", position: query });
    const weights = filtered?.weightsOf(token) ?? plainWeights(layer, heads, token);
    return { query, weights: weights.subarray(...keys) };
  });
}

/**
 * @param {LayerAttention} layer
 * @param {number[]} heads
 * @param {import("../data/token_position.js").TokenPosition} token
 * @returns {Float32Array} also the weights that a mean may leave out, for a single head
 */
function plainWeights(layer, heads, token) {
  return heads.length === 1
    ? weightsOf(layer, heads[0], token)
    : meanWeightsOf(layer, heads, token);
}

/**
 * Check that the weights of a part fit into a file.
 * @param {ExportedPart} part
 * @param {number} max numbers in a file
 * @throws {Error} with a message for the reader
 */
export function checkWeights({ attentionPart, layers, mean = false }, max) {
  const [numQueries, numKeys] = partSize(attentionPart);
  const numHeads = layers.reduce((sum, { heads }) => sum + (mean ? 1 : heads.length), 0);
  checkSize(numHeads * numQueries * numKeys, max);
}

/**
 * Check that the vectors of a part are known and fit into a file.
 * @param {ExportedPart} part
 * @param {number} max numbers in a file
 * @throws {Error} with a message for the reader
 */
export function checkVectors({ attentionPart, layers }, max) {
  if (layers[0].layer.head_dim === 0) throw new Error("This result has no query and key vectors.");
  const [numQueries, numKeys] = partSize(attentionPart);
  const numbers = layers.map(({ layer, heads }) => heads.length * layer.head_dim);
  checkSize(
    numbers.reduce((sum, each) => sum + each * (numQueries + numKeys), 0),
    max,
  );
}

/**
 * @param {number} size
 * @param {number} max
 */
function checkSize(size, max) {
  if (size <= max) return;
  throw new Error(
    "These are too many numbers for one file. Show fewer heads or layers, or use the API.",
  );
}
