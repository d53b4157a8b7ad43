// The formula of bertviz_space/trace/attention.py, for one query or one key at a time:
//   scores  = cap(scaling * query @ key.T) + bias
//   weights = exp(scores - logsumexp) over the allowed keys
// Since the layer includes `logsumexp`, one weight can be computed without the others of its row:
// no `[query, key]` matrix is ever created.

import { dotProducts } from "./dot_products.js";
import { isAllowed, rangeInReach } from "./mask.js";
import { elementAt, rowElementAt } from "./tensor_element.js";
import { headKeys, headQueries, keyVector, queryVector } from "./vectors.js";

/** @typedef {import("../data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("../data/wire.js").LayerAttention} LayerAttention */

/**
 * The logarithm of a weight that a mean can leave out: it is 1e-9, and the weights of the layer are
 * exact to 1e-5.
 */
const NEGLIGIBLE_LOG = -20.7;

/**
 * Return the weights of a query on all keys, or of all queries on a key.
 * @param {LayerAttention} layer
 * @param {number} head
 * @param {TokenPosition} token
 * @returns {Float32Array} 0 to 1: `[key]` for a query, `[query]` for a key
 */
export function weightsOf(layer, head, token) {
  return logWeightsOf(layer, head, token).map(Math.exp);
}

/**
 * Return the logarithms of the weights of a query on all keys, or of all queries on a key. A
 * comparison of weights needs no exponential.
 * @param {LayerAttention} layer
 * @param {number} head
 * @param {TokenPosition} token
 * @returns {Float32Array} `[key]` for a query, `[query]` for a key; `-Infinity` if not allowed
 */
export function logWeightsOf(layer, head, token) {
  const { axis, position } = token;
  const isQuery = axis === "query";
  const range = rangeInReach(layer, token);
  const products = isQuery
    ? dotProducts(headKeys(layer, head), queryVector(layer, head, position), range)
    : dotProducts(headQueries(layer, head), keyVector(layer, head, position), range);
  const logs = new Float32Array(isQuery ? layer.num_keys : layer.num_queries).fill(-Infinity);
  for (let other = range[0]; other < range[1]; other++) {
    const query = isQuery ? position : other;
    const key = isQuery ? other : position;
    if (layer.allowed && elementAt(layer.allowed, head, query, key) === 0) continue;
    const product = products[other - range[0]] * layer.scaling;
    const score = capped(layer, product) + biasOf(layer, head, query, key);
    logs[other] = score - layer.logsumexp[head * layer.num_queries + query];
  }
  return logs;
}

/**
 * Return the mean weights over heads of a query on all keys, or of all queries on a key.
 * @param {LayerAttention} layer
 * @param {number[]} heads at least one
 * @param {TokenPosition} token
 * @returns {Float32Array} 0 to 1: `[key]` for a query, `[query]` for a key
 */
export function meanWeightsOf(layer, heads, token) {
  const sums = new Float64Array(token.axis === "query" ? layer.num_keys : layer.num_queries);
  for (const head of heads) {
    const logs = logWeightsOf(layer, head, token);
    for (let other = 0; other < sums.length; other++) {
      if (logs[other] > NEGLIGIBLE_LOG) sums[other] += Math.exp(logs[other]);
    }
  }
  const means = new Float32Array(sums.length);
  for (let other = 0; other < sums.length; other++) means[other] = sums[other] / heads.length;
  return means;
}

/**
 * The terms of one query's scores, each `[key]`. A term that the layer does not have is null.
 * @typedef {object} ScoreTerms
 * @property {Float32Array} products `scaling * q · k`
 * @property {Float32Array | null} capped the products after the cap
 * @property {Float32Array | null} bias
 * @property {Float32Array} scores the sum; `-Infinity` if a key is not allowed
 */

/**
 * Return the terms of one query's scores on all keys.
 * @param {LayerAttention} layer
 * @param {number} head
 * @param {number} query
 * @returns {ScoreTerms}
 */
export function scoreTerms(layer, head, query) {
  const products = scaledDotProducts(layer, head, query);
  const cappedProducts =
    layer.softcap === null ? null : products.map((product) => capped(layer, product));
  const bias = hasBias(layer) ? products.map((_, key) => biasOf(layer, head, query, key)) : null;
  const scores = products.map((product, key) =>
    isAllowed(layer, head, query, key)
      ? (cappedProducts?.[key] ?? product) + (bias?.[key] ?? 0)
      : -Infinity,
  );
  return { products, capped: cappedProducts, bias, scores };
}

/**
 * Return the share of one query's softmax that goes to the sink, which is no key.
 * @param {LayerAttention} layer
 * @param {number} head
 * @param {number} query
 * @returns {number} 0 to 1; 0 if the layer has no sink
 */
export function sinkWeight({ sink, logsumexp, num_queries }, head, query) {
  return sink ? Math.exp(sink[head] - logsumexp[head * num_queries + query]) : 0;
}

/**
 * Return `scaling * q · k` of one query with every key, before cap, bias and mask.
 * @param {LayerAttention} layer
 * @param {number} head
 * @param {number} query
 * @returns {Float32Array} `[key]`
 */
export function scaledDotProducts(layer, head, query) {
  const products = dotProducts(headKeys(layer, head), queryVector(layer, head, query));
  return products.map((product) => product * layer.scaling);
}

/**
 * @param {LayerAttention} layer
 * @param {number} product scaled
 * @returns {number} the product after the layer's cap
 */
function capped({ softcap }, product) {
  return softcap === null ? product : softcap * Math.tanh(product / softcap);
}

/**
 * @param {LayerAttention} layer
 * @param {number} head
 * @param {number} query
 * @param {number} key
 * @returns {number} 0 if the layer has no bias
 */
function biasOf(layer, head, query, key) {
  const { bias, bias_by_key, bias_by_distance } = layer;
  if (bias) return elementAt(bias, head, query, key);
  if (bias_by_key) return rowElementAt(bias_by_key, head, key);
  if (bias_by_distance) {
    return rowElementAt(bias_by_distance, head, key - query + layer.num_queries - 1);
  }
  return 0;
}

/**
 * @param {LayerAttention} layer
 * @returns {boolean}
 */
function hasBias({ bias, bias_by_key, bias_by_distance }) {
  return Boolean(bias ?? bias_by_key ?? bias_by_distance);
}
