// The weights of one query on one key, for all heads of a layer.

import { weightsOf } from "./attention.js";

/**
 * @param {import("../data/wire.js").LayerAttention} layer
 * @param {{query: number, key: number}} pair positions
 * @returns {import("../data/safetensors.js").Tensor} float32 `[head, 1]`: as the scores of heads, so that
 *   they are ranked in the same way
 */
export function pairWeights(layer, { query, key }) {
  const data = Float32Array.from({ length: layer.num_heads }, (_, head) => {
    return weightsOf(layer, head, { axis: "query", position: query })[key];
  });
  return { shape: [layer.num_heads, 1], data };
}
