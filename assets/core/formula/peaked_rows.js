// The queries of a head that concentrate most on one key.

/**
 * @typedef {object} PeakedRow
 * @property {number} query its position
 * @property {number} key the position of the key with the largest weight
 * @property {number} weight
 */

/**
 * Find the queries whose largest weight is the largest. Memory is bounded by the number of keys.
 * @param {(query: number) => Float32Array} weightsOf returns the weights of a query, `[key]`
 * @param {{queries: [number, number], keys: [number, number]}} part the first position, and one past the
 *   last
 * @param {number} max the number of queries to return
 * @returns {Generator<void, PeakedRow[]>} yields after each query; returns the rows by descending
 *   weight, equal weights in the order of the text; rows without any weight are left out
 */
export function* peakedRows(weightsOf, { queries, keys }, max) {
  /** @type {PeakedRow[]} */
  const found = [];
  for (let query = queries[0]; query < queries[1]; query++) {
    const weights = weightsOf(query).subarray(...keys);
    const weight = weights.reduce((largest, each) => Math.max(largest, each), 0);
    if (weight > 0) found.push({ query, key: keys[0] + weights.indexOf(weight), weight });
    if (found.length >= 2 * max) keepLargest(found, max);
    yield;
  }
  keepLargest(found, max);
  return found;
}

/**
 * @param {PeakedRow[]} rows sorted and cut in place
 * @param {number} max
 */
function keepLargest(rows, max) {
  rows.sort((one, other) => other.weight - one.weight || one.query - other.query);
  rows.length = Math.min(rows.length, max);
}
