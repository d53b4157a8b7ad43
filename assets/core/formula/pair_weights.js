// The weights of one query on one key, for all heads of a layer.

import { weightSource } from "./weight_source.js";

/**
 * @param {import("../data/wire.js").LayerAttention} layer
 * @param {{query: number, key: number}} pair positions of units: tokens or words
 * @param {import("./filtered_weights.js").ComponentFilter | null} filter null if all weights of tokens are
 *   shown
 * @returns {import("../data/safetensors.js").Tensor} float32 `[head, 1]`: as the scores of heads, so that
 *   they are ranked in the same way
 */
export function pairWeights(layer, { query, key }, filter) {
  const data = Float32Array.from({ length: layer.num_heads }, (_, head) => {
    return weightSource(layer, [head], filter).weightsOfQuery(query)[key];
  });
  return { shape: [layer.num_heads, 1], data };
}
