// The formula of bertviz_space/attention.py, row by row:
//   scores  = cap(scaling * query @ key.T) + bias
//   weights = softmax(scores over the allowed keys [, sink])

/** @typedef {import("./trace.js").LayerAttention} LayerAttention */
/** @typedef {import("./safetensors.js").Tensor} Tensor */

/** @type {WeakMap<LayerAttention, Map<number, Float32Array>>} */
const weightsOfLayers = new WeakMap();

/**
 * The weights of one head, computed once.
 * @param {LayerAttention} layer
 * @param {number} head
 * @returns {Float32Array} `[query, key]`
 */
export function headWeights(layer, head) {
  let heads = weightsOfLayers.get(layer);
  if (!heads) {
    heads = new Map();
    weightsOfLayers.set(layer, heads);
  }
  let weights = heads.get(head);
  if (!weights) {
    weights = new Float32Array(layer.num_queries * layer.num_keys);
    for (let query = 0; query < layer.num_queries; query++) {
      const row = scoreRow(layer, head, query);
      softmax(row, layer.sink?.[head]);
      weights.set(row, query * layer.num_keys);
    }
    heads.set(head, weights);
  }
  return weights;
}

/**
 * The scores of one query before the softmax, `-Infinity` where a key is not allowed.
 * @param {LayerAttention} layer
 * @param {number} head
 * @param {number} query
 * @returns {Float32Array} `[key]`
 */
export function scoreRow(layer, head, query) {
  const scores = scaledDotProducts(layer, head, query);
  for (let key = 0; key < layer.num_keys; key++) {
    if (!isAllowed(layer, head, query, key)) scores[key] = -Infinity;
    else scores[key] = capped(scores[key], layer.softcap) + biasOf(layer, head, query, key);
  }
  return scores;
}

/**
 * `scaling * q · k` of one query with every key, before cap, bias and mask.
 * @param {LayerAttention} layer
 * @param {number} head
 * @param {number} query
 * @returns {Float32Array} `[key]`
 */
export function scaledDotProducts(layer, head, query) {
  const { head_dim, num_keys, scaling } = layer;
  const q = queryVector(layer, head, query);
  const keys = layer.key;
  const products = new Float32Array(num_keys);
  let at = keyHead(layer, head) * num_keys * head_dim;
  for (let key = 0; key < num_keys; key++) {
    let sum = 0;
    for (let dim = 0; dim < head_dim; dim++) sum += q[dim] * keys[at++];
    products[key] = sum * scaling;
  }
  return products;
}

/**
 * @param {LayerAttention} layer
 * @param {number} head
 * @param {number} position
 * @returns {Float32Array} `[head_dim]`, a view
 */
export function queryVector(layer, head, position) {
  const begin = (head * layer.num_queries + position) * layer.head_dim;
  return layer.query.subarray(begin, begin + layer.head_dim);
}

/**
 * The key of the head that this query head uses: key heads are shared in grouped-query attention.
 * @param {LayerAttention} layer
 * @param {number} head a query head
 * @param {number} position
 * @returns {Float32Array} `[head_dim]`, a view
 */
export function keyVector(layer, head, position) {
  const begin = (keyHead(layer, head) * layer.num_keys + position) * layer.head_dim;
  return layer.key.subarray(begin, begin + layer.head_dim);
}

/**
 * @param {LayerAttention} layer
 * @param {number} head
 * @param {number} query
 * @param {number} key
 * @returns {boolean} whether the query may see the key
 */
export function isAllowed(layer, head, query, key) {
  if (layer.causal) return key <= query;
  return layer.allowed === undefined || at(layer.allowed, head, query, key) !== 0;
}

/**
 * @param {LayerAttention} layer
 * @param {number} head
 * @returns {number}
 */
function keyHead(layer, head) {
  return Math.floor((head * layer.num_key_value_heads) / layer.num_heads);
}

/**
 * @param {LayerAttention} layer
 * @param {number} head
 * @param {number} query
 * @param {number} key
 * @returns {number}
 */
function biasOf(layer, head, query, key) {
  if (layer.bias) return at(layer.bias, head, query, key);
  if (!layer.bias_by_distance) return 0;
  const { shape, data } = layer.bias_by_distance;
  const row = shape[0] === 1 ? 0 : head;
  return data[row * shape[1] + key - query + layer.num_queries - 1];
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

/**
 * @param {number} score
 * @param {number | null} softcap
 * @returns {number}
 */
function capped(score, softcap) {
  return softcap === null ? score : softcap * Math.tanh(score / softcap);
}

/**
 * Turn scores into weights, in place; a row with no allowed key becomes zeros.
 * @param {Float32Array} row
 * @param {number | undefined} sink a score that takes its share and has no column
 */
export function softmax(row, sink = -Infinity) {
  let max = sink;
  for (const score of row) if (score > max) max = score;
  if (max === -Infinity) {
    row.fill(0);
    return;
  }
  let sum = Math.exp(sink - max);
  for (let key = 0; key < row.length; key++) {
    row[key] = Math.exp(row[key] - max);
    sum += row[key];
  }
  for (let key = 0; key < row.length; key++) row[key] /= sum;
}
