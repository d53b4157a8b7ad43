// The terms of a score as plain loops over a layer's numbers, which tests compare with. The expected
// weights are in the golden file weights.safetensors, which Python computed.

import { decodeSafetensors } from "../../assets/core/data/safetensors.js";
import { readGolden } from "./golden.js";

/** @typedef {import("../../assets/core/data/wire.js").LayerAttention} LayerAttention */
/** @typedef {{scaled: number, capped: number, bias: number, score: number}} PlainTerms */

const golden = decodeSafetensors(await readGolden("weights.safetensors"));

/**
 * Return the weights of a layer of the golden trace.
 * @param {string} component
 * @param {number} layer
 * @returns {number[][][]} `[head][query][key]`
 */
export function goldenWeights(component, layer) {
  const { shape, data } = golden.get(`${component}-${layer}`);
  const [heads, queries, keys] = shape.map((length) => [...Array(length).keys()]);
  const indexOf = (head, query) => (head * shape[1] + query) * shape[2];
  return heads.map((head) =>
    queries.map((query) => keys.map((key) => data[indexOf(head, query) + key])),
  );
}

/**
 * Return the terms of a query's score for each key, null where the key is masked.
 * @param {LayerAttention} layer
 * @param {number} head
 * @param {number} query
 * @returns {(PlainTerms | null)[]}
 */
export function plainTerms(layer, head, query) {
  const { num_keys, scaling, softcap } = layer;
  return Array.from({ length: num_keys }, (_, key) => {
    if (isMasked(layer, head, query, key)) return null;
    const q = queryOf(layer, head, query);
    const k = keyOf(layer, head, key);
    let scaled = 0;
    for (const [dim, number] of q.entries()) scaled += scaling * number * k[dim];
    const capped = softcap === null ? scaled : softcap * Math.tanh(scaled / softcap);
    const bias = biasOf(layer, head, query, key);
    return { scaled, capped, bias, score: capped + bias };
  });
}

/** Return a query vector. */
export function queryOf({ query, num_queries, head_dim }, head, position) {
  const begin = (head * num_queries + position) * head_dim;
  return [...query.slice(begin, begin + head_dim)];
}

/** Return the key vector of a query head, which may share it with other heads. */
export function keyOf({ key, num_heads, num_key_value_heads, num_keys, head_dim }, head, position) {
  const keyHead = Math.floor((head * num_key_value_heads) / num_heads);
  const begin = (keyHead * num_keys + position) * head_dim;
  return [...key.slice(begin, begin + head_dim)];
}

function isMasked({ reach, allowed, num_queries, num_keys }, head, query, key) {
  if (reach && reach.after !== null && key > query + reach.after) return true;
  if (reach && reach.before !== null && key < query - reach.before) return true;
  if (!allowed) return false;
  const own = allowed.shape[0] > 1 ? head : 0;
  return allowed.data[(own * num_queries + query) * num_keys + key] === 0;
}

function biasOf({ bias, bias_by_key, bias_by_distance, num_queries, num_keys }, head, query, key) {
  const at = ({ shape, data }, index, length) => data[(shape[0] > 1 ? head : 0) * length + index];
  if (bias_by_key) return at(bias_by_key, key, num_keys);
  if (bias_by_distance) {
    return at(bias_by_distance, key - query + num_queries - 1, num_queries + num_keys - 1);
  }
  return bias ? at(bias, query * num_keys + key, num_queries * num_keys) : 0;
}
