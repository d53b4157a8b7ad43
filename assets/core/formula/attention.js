// The formula of bertviz_space/trace/attention.py, for one query or one key at a time:
//   scores  = cap(scaling * query @ key.T) + bias
//   weights = exp(scores - logsumexp) over the allowed keys
// `logsumexp` comes with the layer, so that a weight needs no other weight of its row: nothing is
// ever made for a pair of tokens that is not looked at.

import { dotProducts } from "./dot_products.js";

/** @typedef {import("../data/wire.js").LayerAttention} LayerAttention */
/** @typedef {import("../data/safetensors.js").Tensor} Tensor */

/**
 * A query, or a key.
 * @typedef {object} Place
 * @property {"query" | "key"} axis
 * @property {number} position
 */

/**
 * The weights of a query on all keys, or of all queries on a key.
 * @param {LayerAttention} layer
 * @param {number} head
 * @param {Place} place
 * @returns {Float32Array} `[key]` of a query, `[query]` of a key
 */
export function weightsOf(layer, head, place) {
  return logWeightsOf(layer, head, place).map(Math.exp);
}

/**
 * The logarithms of these weights: what is compared needs no exponential.
 * @param {LayerAttention} layer
 * @param {number} head
 * @param {Place} place
 * @returns {Float32Array} `[key]` of a query, `[query]` of a key; `-Infinity` where not allowed
 */
export function logWeightsOf(layer, head, { axis, position }) {
  const ofQuery = axis === "query";
  const span = spanInReach(layer, axis, position);
  const products = ofQuery
    ? dotProducts(headKeys(layer, head), queryVector(layer, head, position), span)
    : dotProducts(headQueries(layer, head), keyVector(layer, head, position), span);
  const logs = new Float32Array(ofQuery ? layer.num_keys : layer.num_queries).fill(-Infinity);
  for (let other = span[0]; other < span[1]; other++) {
    const query = ofQuery ? position : other;
    const key = ofQuery ? other : position;
    if (layer.allowed && at(layer.allowed, head, query, key) === 0) continue;
    const product = products[other - span[0]] * layer.scaling;
    const score = capOf(layer, product) + biasOf(layer, head, query, key);
    logs[other] = score - layer.logsumexp[head * layer.num_queries + query];
  }
  return logs;
}

/**
 * What one query's scores are made of, each `[key]`; a term that the layer has not is null.
 * @typedef {object} ScoreTerms
 * @property {Float32Array} products `scaling * q · k`
 * @property {Float32Array | null} capped after the cap
 * @property {Float32Array | null} bias
 * @property {Float32Array} scores `-Infinity` where a key is not allowed
 */

/**
 * @param {LayerAttention} layer
 * @param {number} head
 * @param {number} query
 * @returns {ScoreTerms}
 */
export function scoreTerms(layer, head, query) {
  const products = scaledDotProducts(layer, head, query);
  const capped = layer.softcap === null ? null : products.map((each) => capOf(layer, each));
  const bias = hasBias(layer) ? products.map((_, key) => biasOf(layer, head, query, key)) : null;
  const scores = products.map((product, key) =>
    isAllowed(layer, head, query, key)
      ? (capped?.[key] ?? product) + (bias?.[key] ?? 0)
      : -Infinity,
  );
  return { products, capped, bias, scores };
}

/**
 * The share of the softmax that one query's sink takes, which has no column.
 * @param {LayerAttention} layer
 * @param {number} head
 * @param {number} query
 * @returns {number}
 */
export function sinkWeight({ sink, logsumexp, num_queries }, head, query) {
  return sink ? Math.exp(sink[head] - logsumexp[head * num_queries + query]) : 0;
}

/**
 * `scaling * q · k` of one query with every key, before cap, bias and mask.
 * @param {LayerAttention} layer
 * @param {number} head
 * @param {number} query
 * @returns {Float32Array} `[key]`
 */
export function scaledDotProducts(layer, head, query) {
  const products = dotProducts(headKeys(layer, head), queryVector(layer, head, query));
  return products.map((each) => each * layer.scaling);
}

/**
 * @param {LayerAttention} layer
 * @param {number} head
 * @returns {Float32Array} `[query, head_dim]`, a view
 */
function headQueries({ query, num_queries, head_dim }, head) {
  const size = num_queries * head_dim;
  return query.subarray(head * size, (head + 1) * size);
}

/**
 * The keys that a query head uses: key heads are shared in grouped-query attention.
 * @param {LayerAttention} layer
 * @param {number} head a query head
 * @returns {Float32Array} `[key, head_dim]`, a view
 */
function headKeys(layer, head) {
  const size = layer.num_keys * layer.head_dim;
  const begin = keyHead(layer, head) * size;
  return layer.key.subarray(begin, begin + size);
}

/**
 * @param {LayerAttention} layer
 * @param {number} head
 * @param {number} position
 * @returns {Float32Array} `[head_dim]`, a view
 */
export function queryVector(layer, head, position) {
  const { head_dim } = layer;
  return headQueries(layer, head).subarray(position * head_dim, (position + 1) * head_dim);
}

/**
 * @param {LayerAttention} layer
 * @param {number} head a query head
 * @param {number} position
 * @returns {Float32Array} `[head_dim]`, a view
 */
export function keyVector(layer, head, position) {
  const { head_dim } = layer;
  return headKeys(layer, head).subarray(position * head_dim, (position + 1) * head_dim);
}

/**
 * @param {LayerAttention} layer
 * @param {number} head
 * @param {number} query
 * @param {number} key
 * @returns {boolean} whether the query may see the key
 */
export function isAllowed(layer, head, query, key) {
  return maskReason(layer, head, query, key) === null;
}

/**
 * What keeps a query from seeing a key: it comes later in a causal layer, it lies outside the
 * window, or the mask says so for another reason; null where it may be seen.
 * @param {LayerAttention} layer
 * @param {number} head
 * @param {number} query
 * @param {number} key
 * @returns {"later" | "outside" | "mask" | null}
 */
export function maskReason({ reach, allowed }, head, query, key) {
  if (reach) {
    if (reach.after !== null && key - query > reach.after) {
      return reach.after === 0 ? "later" : "outside";
    }
    if (reach.before !== null && query - key > reach.before) return "outside";
  }
  return allowed === undefined || at(allowed, head, query, key) !== 0 ? null : "mask";
}

/**
 * The keys that a query may reach, or the queries that may reach a key, by the layer's reach alone.
 * @param {LayerAttention} layer
 * @param {Place["axis"]} axis
 * @param {number} position
 * @returns {[number, number]} first, one past the last
 */
function spanInReach({ reach, num_queries, num_keys }, axis, position) {
  const { before, after } = reach ?? { before: null, after: null };
  const [back, ahead, count] =
    axis === "query" ? [before, after, num_keys] : [after, before, num_queries];
  const begin = back === null ? 0 : Math.min(count, Math.max(0, position - back));
  const end = ahead === null ? count : Math.min(count, position + ahead + 1);
  return [begin, Math.max(begin, end)];
}

/**
 * The key head that a query head uses.
 * @param {Pick<LayerAttention, "num_heads" | "num_key_value_heads">} layer
 * @param {number} head
 * @returns {number}
 */
export function keyHead(layer, head) {
  return Math.floor((head * layer.num_key_value_heads) / layer.num_heads);
}

/**
 * @param {LayerAttention} layer
 * @param {number} product scaled
 * @returns {number}
 */
function capOf({ softcap }, product) {
  return softcap === null ? product : softcap * Math.tanh(product / softcap);
}

/**
 * @param {LayerAttention} layer
 * @param {number} head
 * @param {number} query
 * @param {number} key
 * @returns {number}
 */
function biasOf(layer, head, query, key) {
  const { bias, bias_by_key, bias_by_distance } = layer;
  if (bias) return at(bias, head, query, key);
  if (bias_by_key) return inRow(bias_by_key, head, key);
  if (bias_by_distance) return inRow(bias_by_distance, head, key - query + layer.num_queries - 1);
  return 0;
}

/**
 * @param {LayerAttention} layer
 * @returns {boolean}
 */
function hasBias({ bias, bias_by_key, bias_by_distance }) {
  return Boolean(bias ?? bias_by_key ?? bias_by_distance);
}

/**
 * @param {Tensor} tensor `[head or 1, column]`
 * @param {number} head
 * @param {number} column
 * @returns {number}
 */
function inRow({ shape, data }, head, column) {
  return data[(shape[0] === 1 ? 0 : head) * shape[1] + column];
}

/**
 * @param {Tensor} tensor `[head or 1, query, key]`
 * @param {number} head
 * @param {number} query
 * @param {number} key
 * @returns {number}
 */
function at({ shape, data }, head, query, key) {
  const plane = shape[0] === 1 ? 0 : head;
  return data[(plane * shape[1] + query) * shape[2] + key];
}
