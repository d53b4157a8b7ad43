// Steps through the tokens that a causal model wrote. The row of a token predicts the token after it, so a
// step pins the query before a written token.

/** @typedef {import("../data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("../data/wire.js").Token} Token */

/**
 * The written tokens that are predicted by visible rows: the position of the first, and one past the last.
 * @typedef {[first: number, end: number]} WrittenSpan
 */

/**
 * Return the written tokens that the queries of an attention part predict.
 * @param {Token[]} tokens of the query axis
 * @param {[number, number]} queries the first position of the attention part, and one past the last
 * @returns {WrittenSpan | null} null for none
 */
export function writtenSpan(tokens, [begin, end]) {
  const written = tokens.findIndex((token) => token.written);
  const first = Math.max(written, begin + 1);
  const last = Math.min(tokens.length, end + 1);
  return written < 0 || first >= last ? null : [first, last];
}

/**
 * Return the written token that the pinned row predicts.
 * @param {TokenPosition | null} pinned
 * @param {WrittenSpan} span
 * @returns {number | null} its position; null unless exactly one query is pinned that predicts one
 */
export function predictedBy(pinned, [first, end]) {
  if (pinned?.axis !== "query" || pinned.others) return null;
  const next = pinned.position + 1;
  return next >= first && next < end ? next : null;
}

/**
 * Return the query to pin for the next or the previous written token, in a circle. If the pinned row
 * predicts none, start at the first written token, or at the last one when going back.
 * @param {TokenPosition | null} pinned
 * @param {WrittenSpan} span
 * @param {1 | -1} direction
 * @returns {TokenPosition}
 */
export function stepTo(pinned, span, direction) {
  const [first, end] = span;
  const count = end - first;
  const current = predictedBy(pinned, span);
  const start = direction > 0 ? -1 : count;
  const index = (current === null ? start : current - first) + direction;
  return { axis: "query", position: first + ((index + count) % count) - 1 };
}
