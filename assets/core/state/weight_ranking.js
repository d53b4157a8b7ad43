// The rows of a table of weights: the largest weights first, with their running sum.

/** The share of a row's weight of which the inspector says how many keys hold it. */
const MOST = 0.9;
/** A bound of the number of weights: the texts of a result have fewer tokens. */
const MAX_WEIGHTS = 2 ** 20;

/**
 * @typedef {object} RankedWeight
 * @property {number} index of the row on the other side
 * @property {number} weight
 * @property {number} sum of this weight and all larger ones
 */

/**
 * @typedef {object} WeightRanking
 * @property {RankedWeight[]} largest by descending weight; equal weights in the order of the text
 * @property {number} others the sum of all other weights
 * @property {number} total the sum of all weights
 * @property {number} numMost how many weights hold nine tenths of the total
 */

/**
 * Rank the weights of a row.
 * @param {Float32Array} weights `[other row]`
 * @param {number} max the number of weights to list
 * @returns {WeightRanking}
 */
export function rankWeights(weights, max) {
  const order = positionsByWeight(weights);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const largest = [];
  let sum = 0;
  let others = 0;
  let numMost = 0;
  for (const index of order) {
    const weight = weights[index];
    if (sum < MOST * total) numMost++;
    sum += weight;
    if (largest.length < max) largest.push({ index, weight, sum });
    else others += weight;
  }
  return { largest, others, total, numMost };
}

/**
 * Return the indices of weights by descending weight; equal weights by ascending index. The bits of floats
 * from 0 are ordered as the floats are. Numbers that contain bits and index are sorted without a function
 * that compares them, so that ranking 4,096 weights takes half as long.
 * @param {Float32Array} weights 0 or more
 * @returns {number[]}
 */
function positionsByWeight(weights) {
  const bits = new Uint32Array(weights.buffer, weights.byteOffset, weights.length);
  const keys = new Float64Array(weights.length);
  for (let index = 0; index < keys.length; index++) {
    keys[index] = bits[index] * MAX_WEIGHTS + (MAX_WEIGHTS - 1 - index);
  }
  keys.sort();
  return Array.from(keys.reverse(), (key) => MAX_WEIGHTS - 1 - (key % MAX_WEIGHTS));
}
