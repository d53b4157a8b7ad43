// Single elements of tensors that all heads may share.

/** @typedef {import("../data/safetensors.js").Tensor} Tensor */

/**
 * Return an element of a tensor. If the tensor has one head, all heads share it.
 * @param {Tensor} tensor `[head or 1, query, key]`
 * @param {number} head
 * @param {number} query
 * @param {number} key
 * @returns {number}
 */
export function elementAt({ shape, data }, head, query, key) {
  const plane = shape[0] === 1 ? 0 : head;
  return data[(plane * shape[1] + query) * shape[2] + key];
}

/**
 * Return an element of a head's row. If the tensor has one head, all heads share it.
 * @param {Tensor} tensor `[head or 1, column]`
 * @param {number} head
 * @param {number} column
 * @returns {number}
 */
export function rowElementAt({ shape, data }, head, column) {
  return data[(shape[0] === 1 ? 0 : head) * shape[1] + column];
}
