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
 * Return how predictions differ from those of another run. At position p, the divergence is p / 4, and the
 * most likely token of the other run has the log-probability -1 - p in this run.
 * @param {number[]} source the aligned positions, -1 for none
 * @returns {Map<string, Tensor>} NaN where no tokens are aligned
 */
export function changeTensors(source) {
  const shape = [source.length];
  const tensorOf = (/** @type {(position: number) => number} */ numberAt) => {
    const numbers = source.map((other, p) => (other < 0 ? Number.NaN : numberAt(p)));
    return { shape, data: Float32Array.from(numbers) };
  };
  return new Map([
    ["divergences", tensorOf((p) => p / 4)],
    ["likeliest_log_probabilities", tensorOf((p) => -1 - p)],
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
