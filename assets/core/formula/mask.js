// Which keys a query may attend to, and why it may not attend to the others.

import { elementAt } from "./tensor_element.js";

/** @typedef {import("../data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("../data/wire.js").LayerAttention} LayerAttention */

/**
 * Check whether a query may attend to a key.
 * @param {LayerAttention} layer
 * @param {number} head
 * @param {number} query
 * @param {number} key
 * @returns {boolean}
 */
export function isAllowed(layer, head, query, key) {
  return maskReason(layer, head, query, key) === null;
}

/**
 * Return why a query may not attend to a key: the key is later in a causal layer, it is outside the
 * window, or the mask excludes it for another reason. Return null if the query may attend to it.
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
  return allowed === undefined || elementAt(allowed, head, query, key) !== 0 ? null : "mask";
}

/**
 * Return the range of keys within a query's reach, or of queries within whose reach a key is. The
 * range depends on the layer's reach alone: the mask may exclude more.
 * @param {LayerAttention} layer
 * @param {TokenPosition} token
 * @returns {[number, number]} the first position, and one past the last
 */
export function rangeInReach({ reach, num_queries, num_keys }, { axis, position }) {
  const { before, after } = reach ?? { before: null, after: null };
  const [back, ahead, count] =
    axis === "query" ? [before, after, num_keys] : [after, before, num_queries];
  const begin = back === null ? 0 : Math.min(count, Math.max(0, position - back));
  const end = ahead === null ? count : Math.min(count, position + ahead + 1);
  return [begin, Math.max(begin, end)];
}
