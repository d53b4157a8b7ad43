// The size of a layer's file, before it is fetched.

/** @typedef {import("./trace.js").Trace} Trace */
/** @typedef {import("./wire.js").Component} Component */
/** @typedef {import("./wire.js").LayerEntry} LayerEntry */

const FLOAT32_BYTES = 4;

/**
 * @param {Trace} trace
 * @param {Component} component
 * @param {LayerEntry} entry
 * @returns {number} bytes of the layer's vectors and denominators, which are most of its file
 */
export function bytesOfLayer(trace, component, { num_heads, num_key_value_heads, head_dim }) {
  const numQueries = trace.queryTokens(component).length;
  const numKeys = trace.keyTokens(component).length;
  const numbers =
    num_heads * numQueries * (head_dim + 1) + num_key_value_heads * numKeys * head_dim;
  return FLOAT32_BYTES * numbers;
}
