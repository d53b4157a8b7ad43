// What the lit token has to do with the tokens on the other side: what a figure says in numbers.

/** @typedef {import("./trace.js").Token} Token */
/** @typedef {import("./selection.js").Hover} Hover */
/** @typedef {import("./block.js").Block} Block */

/**
 * @typedef {object} Lit
 * @property {Hover} hover
 * @property {boolean} isPinned
 * @property {Token} token
 * @property {Token[]} others the tokens on the other side that are on view
 * @property {Float32Array} weights one for each of them, the mean over the heads
 * @property {number} numHeads
 */

/**
 * @typedef {object} LitFrom what is on view
 * @property {Token[]} queryTokens of the whole axis
 * @property {Token[]} keyTokens
 * @property {Block} block
 * @property {Float32Array[]} heads the weights of each, `[query, key]`; at least one
 */

/**
 * @param {Hover} hover the lit token, on view
 * @param {boolean} isPinned
 * @param {LitFrom} from
 * @returns {Lit}
 */
export function describeLit(hover, isPinned, { queryTokens, keyTokens, block, heads }) {
  const { axis, position } = hover;
  const ofQuery = axis === "query";
  const [begin, end] = ofQuery ? block.keys : block.queries;
  const weights = new Float32Array(end - begin);
  for (const head of heads) {
    for (let other = begin; other < end; other++) {
      const [query, key] = ofQuery ? [position, other] : [other, position];
      weights[other - begin] += head[query * keyTokens.length + key] / heads.length;
    }
  }
  return {
    hover,
    isPinned,
    token: (ofQuery ? queryTokens : keyTokens)[position],
    others: (ofQuery ? keyTokens : queryTokens).slice(begin, end),
    weights,
    numHeads: heads.length,
  };
}

/**
 * @param {Float32Array} weights
 * @param {number} most how many to name
 * @returns {number[]} the indices of the largest weights, largest first; none that would read 0.00
 */
export function strongest(weights, most) {
  return [...weights.keys()]
    .filter((index) => weights[index] >= 0.005)
    .sort((a, b) => weights[b] - weights[a])
    .slice(0, most);
}
