// The heads of a result by their scores.

/** @typedef {import("../data/safetensors.js").Tensor} Tensor */
/** @typedef {import("./selection.js").Cell} Cell */
/** @typedef {Cell & {score: number}} RankedHead */

/**
 * Return the heads with the largest scores.
 * @param {Map<number, Tensor>} scores float32 `[head, score]` of each known layer, by its number
 * @param {number} index which score
 * @param {number} max the number of heads to return
 * @returns {RankedHead[]} the largest score first; heads without this score are left out
 */
export function rankHeads(scores, index, max) {
  const heads = [...scores].flatMap(([layer, tensor]) =>
    Array.from({ length: tensor.shape[0] }, (_, head) => {
      return { layer, head, score: scoreOf(tensor, head, index) };
    }),
  );
  return heads
    .filter(({ score }) => !Number.isNaN(score))
    .sort((a, b) => b.score - a.score || a.layer - b.layer || a.head - b.head)
    .slice(0, max);
}

/**
 * Return the largest score of all heads.
 * @param {Map<number, Tensor>} scores float32 `[head, score]` of each known layer
 * @param {number} index which score
 * @returns {number} 0 if no head has the score
 */
export function largestScore(scores, index) {
  return rankHeads(scores, index, 1)[0]?.score ?? 0;
}

/**
 * Return the largest score of a head.
 * @param {Tensor} scores float32 `[head, score]` of its layer
 * @param {number} head
 * @param {number[]} indices the scores to compare
 * @returns {{index: number, score: number} | null} null if the head has none of them
 */
export function bestScore(scores, head, indices) {
  const found = indices
    .map((index) => ({ index, score: scoreOf(scores, head, index) }))
    .filter(({ score }) => !Number.isNaN(score));
  return found.length
    ? found.reduce((best, each) => (each.score > best.score ? each : best))
    : null;
}

/**
 * Return a score of a head.
 * @param {Tensor} tensor float32 `[head, score]`
 * @param {number} head
 * @param {number} index which score
 * @returns {number} NaN for a score without a meaning
 */
export function scoreOf({ shape, data }, head, index) {
  return Number(data[head * shape[1] + index]);
}

/**
 * Return the scores that at least one head has.
 * @param {Map<number, Tensor>} scores float32 `[head, score]` of each known layer
 * @returns {number[]} ascending indices
 */
export function presentScores(scores) {
  const present = new Set();
  for (const { shape, data } of scores.values()) {
    data.forEach((score, at) => {
      if (!Number.isNaN(score)) present.add(at % shape[1]);
    });
  }
  return [...present].sort((a, b) => a - b);
}
