// The query and key vectors of a layer's heads. All results are views of the layer's data, not copies.

/** @typedef {import("../data/wire.js").LayerAttention} LayerAttention */

/**
 * Return a query vector.
 * @param {LayerAttention} layer
 * @param {number} head
 * @param {number} position
 * @returns {Float32Array} `[head_dim]`
 */
export function queryVector(layer, head, position) {
  const { head_dim } = layer;
  return headQueries(layer, head).subarray(position * head_dim, (position + 1) * head_dim);
}

/**
 * Return the key vector that a query head uses.
 * @param {LayerAttention} layer
 * @param {number} head a query head
 * @param {number} position
 * @returns {Float32Array} `[head_dim]`
 */
export function keyVector(layer, head, position) {
  const { head_dim } = layer;
  return headKeys(layer, head).subarray(position * head_dim, (position + 1) * head_dim);
}

/**
 * Return all query vectors of a head.
 * @param {LayerAttention} layer
 * @param {number} head
 * @returns {Float32Array} `[query, head_dim]`
 */
export function headQueries({ query, num_queries, head_dim }, head) {
  const size = num_queries * head_dim;
  return query.subarray(head * size, (head + 1) * size);
}

/**
 * Return all key vectors that a query head uses.
 * @param {LayerAttention} layer
 * @param {number} head a query head
 * @returns {Float32Array} `[key, head_dim]`
 */
export function headKeys(layer, head) {
  const size = layer.num_keys * layer.head_dim;
  const begin = keyHead(layer, head) * size;
  return layer.key.subarray(begin, begin + size);
}

/**
 * Return the key head that a query head uses. In grouped-query attention, consecutive query heads
 * share a key head.
 * @param {Pick<LayerAttention, "num_heads" | "num_key_value_heads">} layer
 * @param {number} head a query head
 * @returns {number}
 */
export function keyHead(layer, head) {
  return Math.floor((head * layer.num_key_value_heads) / layer.num_heads);
}
