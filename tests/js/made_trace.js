// Traces that a test makes, with any number of tokens: the files that bertviz_space/files/wire.py would
// write, for the page's own modules to read. `golden.js` has the files that Python wrote.

import { encodeSafetensors } from "../../assets/core/data/safetensors.js";

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

/** The position of the first token of sentence B in `servePair`. */
export const FIRST_OF_B = 8;

/**
 * Let `fetch` return the files of a pair of sentences until the end of a test: 8 tokens of A, 7 of B, 6
 * layers of 12 heads.
 * @param {import("node:test").TestContext} t
 */
export function servePair(t) {
  const tokens = madeTokens(15, FIRST_OF_B);
  const layers = Array.from({ length: 6 }, (_, number) => madeLayer(12, tokens.length, number));
  return { ...serveMade(t, tokens, layers), tokens, layers, weights: layers.map(weightsOfMade) };
}

/**
 * Let `fetch` return the files of one self-attention until the end of a test.
 * @param {import("node:test").TestContext} t
 * @param {Token[]} tokens
 * @param {MadeLayer[]} layers
 * @returns {{url: string, requests: string[]}} the URL of the manifest, and the names of the files that
 *   are requested, in order
 */
export function serveMade(t, tokens, layers) {
  const folder = `https://space.test/made-${numTraces++}/`;
  const files = filesOf(tokens, layers);
  const requests = [];
  t.mock.method(globalThis, "fetch", async (url) => {
    const name = String(url).replace(folder, "");
    requests.push(name);
    const file = files.get(name);
    return new Response(file?.() ?? null, { status: file ? 200 : 404 });
  });
  return { url: `${folder}manifest.json`, requests };
}

/**
 * @param {Token[]} tokens
 * @param {MadeLayer[]} layers
 * @returns {Map<string, () => Blob>} functions that write the files, by name
 */
function filesOf(tokens, layers) {
  const entries = layers.map((layer, number) => ({
    layer: number,
    file: `self-${number}.safetensors`,
    num_heads: (layer.query ?? layer.weights).length,
    num_key_value_heads: (layer.query ?? layer.weights).length,
    head_dim: layer.query?.[0][0].length ?? 1,
    scaling: 0.5,
    softcap: null,
    reach: null,
    rotation: null,
    ...layer.entry,
  }));
  const component = {
    component: "self",
    query_tokens: "source",
    key_tokens: "source",
    query_bin: 1,
    key_bin: 1,
    overviews: [{ file: "self-overview-0.safetensors", layers: [...layers.keys()] }],
    layers: entries,
  };
  const files = new Map(
    layers.map((layer, number) => [entries[number].file, () => safetensors(tensorsOf(layer))]),
  );
  files.set("self-overview-0.safetensors", () => safetensors(overviewsOf(layers)));
  const manifest = {
    version: 3,
    model: { model_id: "made/model", revision: "0123abc" },
    source: tokens,
    target: null,
    components: [component],
    ready: [...files.keys()],
  };
  return files.set("manifest.json", () => new Blob([JSON.stringify(manifest)]));
}

/**
 * @param {MadeLayer} layer
 * @returns {Map<string, import("../../assets/core/data/safetensors.js").Tensor>}
 */
function tensorsOf(layer) {
  const { weights } = layer;
  if (!weights) return vectorTensors(layer);
  const [numHeads, length] = [weights.length, weights[0].length];
  const zeros = nested(numHeads, length, 1, () => 0);
  const numbers = weights.flat(2);
  const shape = [numHeads, length, length];
  return new Map([
    ...vectorTensors({ query: zeros, key: zeros }),
    ["logsumexp", { shape: [numHeads, length], data: new Float32Array(numHeads * length) }],
    ["bias", { shape, data: Float32Array.from(numbers, (weight) => Math.log(weight || 1)) }],
    ["allowed", { shape, data: Uint8Array.from(numbers, (weight) => Number(weight > 0)) }],
  ]);
}

/**
 * @param {MadeLayer} layer
 * @returns {Map<string, import("../../assets/core/data/safetensors.js").Tensor>}
 */
function vectorTensors({ query = [], key = [], model }) {
  const logsumexp = query.map((queries, head) =>
    queries.map((q) => Math.log(sum(key[head].map((k) => Math.exp(score(q, k)))))),
  );
  const shape = [query.length, query[0].length, query[0][0].length];
  return new Map([
    ["query", { shape, data: Float32Array.from(query.flat(2)) }],
    ["key", { shape, data: Float32Array.from(key.flat(2)) }],
    ["logsumexp", { shape: shape.slice(0, 2), data: Float32Array.from(logsumexp.flat()) }],
    ...modelTensors(model),
  ]);
}

/**
 * @param {MadeLayer["model"]} model
 * @returns {[string, import("../../assets/core/data/safetensors.js").Tensor][]}
 */
function modelTensors(model) {
  if (!model) return [];
  const { queries, weights } = model;
  const shape = [weights.length, queries.length, weights[0][0].length];
  return [
    ["model_queries", { shape: [queries.length], data: Int32Array.from(queries) }],
    ["model_weights", { shape, data: Float32Array.from(weights.flat(2)) }],
  ];
}

/**
 * Return the overview of each layer: the square root of each weight in a byte.
 * @param {MadeLayer[]} layers
 */
function overviewsOf(layers) {
  return new Map(
    layers.map((layer, number) => {
      const weights = weightsOfMade(layer);
      const data = Uint8Array.from(weights.flat(2), (weight) => Math.round(255 * weight ** 0.5));
      return [
        String(number),
        { shape: [weights.length, weights[0].length, weights[0].length], data },
      ];
    }),
  );
}

/** Return the scaled dot product of two vectors. */
function score(q, k) {
  return 0.5 * sum(q.map((number, dim) => number * k[dim]));
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

function nested(first, second, third, numberAt) {
  const range = (length) => [...Array(length).keys()];
  return range(first).map((i) =>
    range(second).map((j) => range(third).map((k) => numberAt(i, j, k))),
  );
}

function safetensors(tensors) {
  return new Blob(encodeSafetensors(tensors, {}));
}
