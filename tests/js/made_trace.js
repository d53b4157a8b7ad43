// Traces that a test makes, with any number of tokens. `golden.js` has the trace that Python wrote.

import { filesOf } from "./made_files.js";
import { weightsOfMade } from "./made_weights.js";

/** @typedef {import("../../assets/core/data/wire.js").Token} Token */

/**
 * A layer to write: its vectors, or weights from which it has no vectors.
 * @typedef {object} MadeLayer
 * @property {number[][][]} [query] `[head][position][dim]`
 * @property {number[][][]} [key] `[head][position][dim]`
 * @property {number[][][]} [weights] `[head][query][key]`, rows that sum to 1
 * @property {Partial<import("../../assets/core/data/wire.js").LayerEntry>} [entry] terms in the manifest
 *   that do not change the weights
 * @property {{queries: number[], weights: number[][][]}} [model] weights that the model reported for some
 *   queries, `[head][row][key]`
 */

let numTraces = 0;

/**
 * Return different tokens of one text, or of a pair of texts.
 * @param {number} count
 * @param {number} [firstOfB] position of the first token of the second text
 * @returns {Token[]}
 */
export function madeTokens(count, firstOfB = count) {
  return Array.from({ length: count }, (_, position) => ({
    text: `word${position}`,
    vocabulary: `word${position}`,
    token_id: position,
    start: 6 * position,
    end: 6 * position + 5,
    segment: position < firstOfB ? "A" : "B",
    special: false,
    part: [1, 1],
  }));
}

/**
 * Return the tokens of another text.
 * @param {Token[]} tokens
 * @returns {Token[]} as many as in the text
 */
export function tokensOfOtherText(tokens) {
  return tokens.map((token) => ({ ...token, vocabulary: `other ${token.vocabulary}` }));
}

/**
 * Return a layer with irregular vectors, whose numbers are multiples of 1/16 between -2 and 2.
 * @param {number} numHeads
 * @param {number} numTokens
 * @param {number} start another number gives other vectors
 * @param {number} [size] numbers of a vector
 * @returns {MadeLayer}
 */
export function madeLayer(numHeads, numTokens, start, size = 4) {
  let numDrawn = 0;
  const number = () => (((29 * numDrawn++ + 17 * start) % 65) - 32) / 16;
  const vectors = () => nested(numHeads, numTokens, size, number);
  return { query: vectors(), key: vectors() };
}

/**
 * Return weights that are a function of head, query and key.
 * @param {number} numHeads
 * @param {number} numTokens
 * @param {(head: number, query: number, key: number) => number} weightOf
 * @returns {MadeLayer}
 */
export function layerOfWeights(numHeads, numTokens, weightOf) {
  return { weights: nested(numHeads, numTokens, numTokens, weightOf) };
}

/** The position of the first token of sentence B in `servePair`. */
export const FIRST_OF_B = 8;

/**
 * Let `fetch` return the files of a pair of sentences until the end of a test: 8 tokens of A, 7 of B, 6
 * layers of 12 heads.
 * @param {import("node:test").TestContext} t
 * @param {string[]} [filters] of which the overviews exist
 */
export function servePair(t, filters = []) {
  const tokens = madeTokens(15, FIRST_OF_B);
  const layers = Array.from({ length: 6 }, (_, number) => madeLayer(12, tokens.length, number));
  return {
    ...serveMade(t, tokens, layers, filters),
    tokens,
    layers,
    weights: layers.map(weightsOfMade),
  };
}

/**
 * Let `fetch` return the files of one self-attention until the end of a test.
 * @param {import("node:test").TestContext} t
 * @param {Token[]} tokens
 * @param {MadeLayer[]} layers
 * @param {string[]} [filters] of which the overviews exist, which show nothing
 * @param {import("./made_predictions.js").MadePredictions | null} [predictions]
 * @param {number | null} [writtenFrom] position of the first token that the model wrote
 * @param {import("./made_files.js").MadeInterventions} [made]
 * @returns {{url: string, requests: string[]}} the URL of the manifest, and the names of the files that
 *   are requested, in order
 */
export function serveMade(
  t,
  tokens,
  layers,
  filters = [],
  predictions = null,
  writtenFrom = null,
  made = {},
) {
  const folder = `https://space.test/made-${numTraces++}/`;
  const files = filesOf(tokens, layers, filters, predictions, writtenFrom, made);
  const requests = [];
  t.mock.method(globalThis, "fetch", async (url) => {
    const name = String(url).replace(folder, "");
    requests.push(name);
    const file = files.get(name);
    return new Response(file?.() ?? null, { status: file ? 200 : 404 });
  });
  return { url: `${folder}manifest.json`, requests };
}

function nested(first, second, third, numberAt) {
  const range = (length) => [...Array(length).keys()];
  return range(first).map((i) =>
    range(second).map((j) => range(third).map((k) => numberAt(i, j, k))),
  );
}
