// Predictions of a made trace. At position p, token (p + i) % n of the n tokens of the text has place i, and a
// probability that depends on both.

/** @typedef {import("../../assets/core/data/safetensors.js").Tensor} Tensor */
/** @typedef {import("../../assets/core/data/wire.js").Token} Token */

/** @typedef {{offset: 0 | 1}} MadePredictions */

/** Number of tokens that are listed for each position. */
export const LISTED = 3;

/**
 * Return the tokens that are listed at a position.
 * @param {Token[]} tokens
 * @param {number} position
 */
export function listedTokens(tokens, position) {
  return Array.from({ length: LISTED }, (_, place) => ({
    token: tokens[(position + place) % tokens.length],
    probability: Math.fround(probabilityOf(position, place)),
  }));
}

/**
 * @param {Token[]} tokens
 * @param {MadePredictions} predictions
 * @param {number} [factor] of all probabilities
 * @returns {Map<string, Tensor>}
 */
export function predictionTensors(tokens, { offset }, factor = 1) {
  const positions = [...tokens.keys()];
  const places = [...Array(LISTED).keys()];
  const isKnown = (position) => position + offset < tokens.length;
  const vocabulary = JSON.stringify(tokens.map((token) => [` ${token.text}`, token.vocabulary]));
  const shape = [tokens.length, LISTED];
  const listed = positions.flatMap((p) => places.map((place) => (p + place) % tokens.length));
  const probabilityAt = (position, place) => factor * probabilityOf(position, place);
  const probabilities = positions.flatMap((p) => places.map((place) => probabilityAt(p, place)));
  const ranks = positions.map((p) => (isKnown(p) ? offset + 1 : 0));
  const logs = positions.map((p) => (isKnown(p) ? Math.log(probabilityAt(p, offset)) : Number.NaN));
  return new Map([
    ["tokens", { shape, data: Int32Array.from(listed) }],
    ["probabilities", { shape, data: Float32Array.from(probabilities) }],
    ["ranks", { shape: shape.slice(0, 1), data: Int32Array.from(ranks) }],
    ["log_probabilities", { shape: shape.slice(0, 1), data: Float32Array.from(logs) }],
    ["vocabulary", bytesOf(vocabulary)],
  ]);
}

/**
 * Return predictions without interventions: all probabilities are 1.5 times as large. At position p, the
 * divergence is p / 4, and the most likely token has the log-probability -1 - p with interventions.
 * @param {Token[]} tokens
 * @param {MadePredictions} predictions
 * @returns {Map<string, Tensor>}
 */
export function beforeTensors(tokens, predictions) {
  const positions = [...tokens.keys()];
  const shape = [tokens.length];
  return new Map([
    ["divergences", { shape, data: Float32Array.from(positions, (p) => p / 4) }],
    ["likeliest_log_probabilities", { shape, data: Float32Array.from(positions, (p) => -1 - p) }],
    // The bytes of the vocabulary are last: numbers begin at a multiple of 4 bytes.
    ...predictionTensors(tokens, predictions, 1.5),
  ]);
}

function probabilityOf(position, place) {
  return 0.5 ** (place + 1) / (1 + (position % 4));
}

/** @returns {Tensor} */
function bytesOf(text) {
  const data = new TextEncoder().encode(text);
  return { shape: [data.length], data };
}
