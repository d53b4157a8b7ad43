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
  return scoreTerms(layer, head, query).scores;
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
  const { softcap } = layer;
  const products = scaledDotProducts(layer, head, query);
  const capped =
    softcap === null ? null : products.map((each) => softcap * Math.tanh(each / softcap));
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
export function sinkWeight(layer, head, query) {
  if (!layer.sink) return 0;
  const row = Float32Array.of(...scoreRow(layer, head, query), layer.sink[head]);
  softmax(row);
  return row[layer.num_keys];
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
  return hiddenBy(layer, head, query, key) === null;
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
export function hiddenBy({ reach, allowed }, head, query, key) {
  if (reach) {
    if (reach.after !== null && key - query > reach.after) {
      return reach.after === 0 ? "later" : "outside";
    }
    if (reach.before !== null && query - key > reach.before) return "outside";
  }
  return allowed === undefined || at(allowed, head, query, key) !== 0 ? null : "mask";
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
