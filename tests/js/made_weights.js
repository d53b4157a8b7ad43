// The weights of a made layer, by plain loops.

/** @typedef {import("./made_trace.js").MadeLayer} MadeLayer */

/** The scaling of made vectors. */
export const SCALING = 0.5;

/**
 * Return the weights of a layer, computed by plain loops.
 * @param {MadeLayer} layer
 * @returns {number[][][]} `[head][query][key]`
 */
export function weightsOfMade({ query = [], key = [], weights }) {
  if (weights) return weights;
  return query.map((queries, head) =>
    queries.map((q) => {
      const powers = key[head].map((k) => Math.exp(score(q, k)));
      const total = sum(powers);
      return powers.map((power) => power / total);
    }),
  );
}

/**
 * Return the scaled dot product of two vectors.
 * @param {number[]} q
 * @param {number[]} k
 */
export function score(q, k) {
  return SCALING * sum(q.map((number, dim) => number * k[dim]));
}

/** @param {number[]} numbers */
export function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
