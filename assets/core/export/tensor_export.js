// The numbers behind a picture: weights, and the vectors that make them, for programs (safetensors)
// and for spreadsheets (CSV).

import { encodeSafetensors } from "../data/safetensors.js";
import { weightsOf } from "../formula/attention.js";
import { keyVector, queryVector } from "../formula/vectors.js";
import { labelOf } from "../text/label.js";

/** @typedef {import("../state/attention_part.js").AttentionPart} AttentionPart */
/** @typedef {import("../data/safetensors.js").Tensor} Tensor */
/** @typedef {import("../data/trace.js").Trace} Trace */
/** @typedef {import("../data/wire.js").LayerAttention} LayerAttention */

/**
 * What of a result is on view.
 * @typedef {object} OnView
 * @property {Trace} trace
 * @property {AttentionPart} attentionPart
 * @property {{layer: LayerAttention, heads: number[]}[]} layers at least one, each with one head or more
 */

/** Numbers of one file: a quarter of a gigabyte as bytes, some 40 MB as text. */
const [MOST_BYTES, MOST_CELLS] = [2 ** 28, 2 ** 22];
const FLOAT32 = 4;

/** Without it Excel takes a table for one of letters of the reader's country. */
const BYTE_ORDER = "\uFEFF";

/**
 * Weights of the attention part: float32 `[layer, head, query, key]` under the component's name; where
 * layers have not the same heads, `[head, query, key]` a layer, such as `self.3`.
 * @param {OnView} onView
 * @returns {BlobPart[]}
 */
export function weightsFile(onView) {
  const { attentionPart, layers } = onView;
  const [numQueries, numKeys] = sizeOf(attentionPart);
  const heads = layers.map((each) => each.heads.length);
  check(heads.reduce((sum, count) => sum + count * numQueries * numKeys, 0) * FLOAT32, MOST_BYTES);
  const ofLayers = layers.map(({ layer, heads }) =>
    concat(
      heads.flatMap((head) => rowsOf(layer, head, attentionPart).map(({ weights }) => weights)),
    ),
  );
  const { component } = attentionPart;
  if (layers.every(({ heads }) => `${heads}` === `${layers[0].heads}`)) {
    const shape = [layers.length, heads[0], numQueries, numKeys];
    const tensors = new Map([[component, { shape, data: concat(ofLayers) }]]);
    const metadata = metadataOf(onView, { [component]: layers[0].heads });
    return encodeSafetensors(tensors, { axes: "layer head query key", ...metadata });
  }
  const tensors = new Map(
    layers.map(({ layer }, index) => {
      const shape = [heads[index], numQueries, numKeys];
      return [nameOf(layer, attentionPart), { shape, data: ofLayers[index] }];
    }),
  );
  const metadata = metadataOf(onView, headsByLayer(onView));
  return encodeSafetensors(tensors, { axes: "head query key", ...metadata });
}

/**
 * Query and key vectors of the attention part, as they are multiplied: for each layer, such as
 * `self.3`, float32 `self.3.query` and `self.3.key` `[head, position, head_dim]`, and
 * `self.3.logsumexp` `[head, query]`: the logarithm of the softmax's denominator, over all keys; 0 for
 * a query that sees no key.
 * @param {OnView} onView
 * @returns {BlobPart[]}
 */
export function vectorsFile(onView) {
  const { attentionPart, layers } = onView;
  checkVectors(onView, MOST_BYTES / FLOAT32);
  const tensors = new Map();
  /** @type {Record<string, number>} */
  const scaling = {};
  for (const { layer, heads } of layers) {
    const name = nameOf(layer, attentionPart);
    for (const { vector, span, of } of SIDES) {
      const positions = range(attentionPart[span]);
      const data = concat(
        heads.flatMap((head) => positions.map((position) => of(layer, head, position))),
      );
      const shape = [heads.length, positions.length, layer.head_dim];
      tensors.set(`${name}.${vector}`, { shape, data });
    }
    const logsumexp = heads.map((head) => normalizersOf(layer, head, attentionPart));
    const shape = [heads.length, logsumexp[0].length];
    tensors.set(`${name}.logsumexp`, { shape, data: concat(logsumexp) });
    scaling[name] = layer.scaling;
  }
  const axes = "head position head_dim";
  return encodeSafetensors(tensors, {
    axes,
    scaling: JSON.stringify(scaling),
    ...metadataOf(onView, headsByLayer(onView)),
  });
}

/**
 * Weights of the attention part as a table: a row a layer, head and query, a column a key.
 * @param {OnView} onView
 * @returns {BlobPart[]}
 */
export function weightsTable(onView) {
  const { trace, attentionPart, layers } = onView;
  const [numQueries, numKeys] = sizeOf(attentionPart);
  const numHeads = layers.reduce((sum, { heads }) => sum + heads.length, 0);
  check(numHeads * numQueries * numKeys, MOST_CELLS);
  const queries = namesOf(trace.queryTokens(attentionPart.component));
  const keys = namesOf(trace.keyTokens(attentionPart.component)).slice(...attentionPart.keys);
  const rows = layers.flatMap(({ layer, heads }) =>
    heads.flatMap((head) =>
      rowsOf(layer, head, attentionPart).map(({ query, weights }) => {
        return line([layer.layer, head, queries[query], ...[...weights].map(shortest)]);
      }),
    ),
  );
  return [BYTE_ORDER, line(["layer", "head", "query", ...keys]), ...rows];
}

/**
 * Query and key vectors of the attention part as a table: a row a vector, a column a dimension.
 * @param {OnView} onView
 * @returns {BlobPart[]}
 */
export function vectorsTable(onView) {
  const { trace, attentionPart, layers } = onView;
  checkVectors(onView, MOST_CELLS);
  const names = {
    query: namesOf(trace.queryTokens(attentionPart.component)),
    key: namesOf(trace.keyTokens(attentionPart.component)),
  };
  const widest = Math.max(...layers.map(({ layer }) => layer.head_dim));
  const rows = layers.flatMap(({ layer, heads }) =>
    heads.flatMap((head) =>
      SIDES.flatMap(({ vector, span, of }) =>
        range(attentionPart[span]).map((position) => {
          const numbers = [...of(layer, head, position)].map(shortest);
          return line([layer.layer, head, vector, names[vector][position], ...numbers]);
        }),
      ),
    ),
  );
  return [BYTE_ORDER, line(["layer", "head", "vector", "token", ...Array(widest).keys()]), ...rows];
}

/** Where queries and keys differ. */
const SIDES = /** @type {const} */ ([
  { vector: "query", span: "queries", of: queryVector },
  { vector: "key", span: "keys", of: keyVector },
]);

/**
 * @param {OnView} onView
 * @param {number} most numbers
 */
function checkVectors({ attentionPart, layers }, most) {
  if (layers[0].layer.head_dim === 0) throw new Error("This file has no query and key vectors.");
  const [numQueries, numKeys] = sizeOf(attentionPart);
  const numbers = layers.map(({ layer, heads }) => heads.length * layer.head_dim);
  check(
    numbers.reduce((sum, each) => sum + each * (numQueries + numKeys), 0),
    most,
  );
}

/**
 * @param {number} size
 * @param {number} most
 */
function check(size, most) {
  if (size <= most) return;
  throw new Error(
    "That is too much for one file. Show fewer heads or layers, or ask for it by the API.",
  );
}

/**
 * @param {LayerAttention} layer
 * @param {number} head
 * @param {AttentionPart} attentionPart
 * @returns {{query: number, weights: Float32Array}[]}
 */
function rowsOf(layer, head, { queries, keys }) {
  return range(queries).map((query) => {
    const weights = weightsOf(layer, head, { axis: "query", position: query });
    return { query, weights: weights.subarray(...keys) };
  });
}

/**
 * @param {LayerAttention} layer
 * @param {number} head
 * @param {AttentionPart} attentionPart
 * @returns {Float32Array} the logarithm of the softmax's denominator for each query
 */
function normalizersOf({ logsumexp, num_queries }, head, { queries: [begin, end] }) {
  return logsumexp.subarray(head * num_queries + begin, head * num_queries + end);
}

/**
 * @param {LayerAttention} layer
 * @param {AttentionPart} attentionPart
 * @returns {string} such as `self.3`
 */
function nameOf({ layer }, { component }) {
  return `${component}.${layer}`;
}

/**
 * @param {OnView} onView
 * @returns {Record<string, number[]>}
 */
function headsByLayer({ attentionPart, layers }) {
  return Object.fromEntries(
    layers.map(({ layer, heads }) => [nameOf(layer, attentionPart), heads]),
  );
}

/**
 * @param {OnView} onView
 * @param {Record<string, number[]>} heads of each tensor, or of each layer's
 * @returns {Record<string, string>}
 */
function metadataOf({ trace, attentionPart, layers }, heads) {
  const { component } = attentionPart;
  const { model, source, target } = trace.manifest;
  const { model_id, revision } = model;
  const [queryTokens, keyTokens] = [trace.queryTokens(component), trace.keyTokens(component)];
  const isWhole = `${sizeOf(attentionPart)}` === `${[queryTokens.length, keyTokens.length]}`;
  const texts = (/** @type {import("../data/wire.js").Token[]} */ tokens) =>
    JSON.stringify(tokens.map(({ text }) => text));
  // Of a whole text the file can be opened again (bertviz_space/files/tensor_import/trace_reader.py).
  const wholeTexts = { tokens: texts(source), ...(target ? { target_tokens: texts(target) } : {}) };
  const partTexts = {
    query_tokens: texts(queryTokens.slice(...attentionPart.queries)),
    key_tokens: texts(keyTokens.slice(...attentionPart.keys)),
  };
  return {
    layers: JSON.stringify({ [component]: layers.map(({ layer }) => layer.layer) }),
    heads: JSON.stringify(heads),
    ...(isWhole ? wholeTexts : partTexts),
    model_id,
    revision,
  };
}

/**
 * @param {AttentionPart} attentionPart
 * @returns {[queries: number, keys: number]}
 */
function sizeOf({ queries, keys }) {
  return [queries[1] - queries[0], keys[1] - keys[0]];
}

/**
 * @param {readonly [number, number]} span
 * @returns {number[]}
 */
function range([begin, end]) {
  return Array.from({ length: end - begin }, (_, index) => begin + index);
}

/**
 * What rows and columns are called. The position comes first: a spreadsheet would take a text such as
 * "=1+1" for a formula of its own.
 * @param {import("../data/wire.js").Token[]} tokens
 * @returns {string[]}
 */
function namesOf(tokens) {
  return tokens.map((token, position) => `${position} ${labelOf(token)}`);
}

/**
 * @param {(string | number)[]} cells
 * @returns {string} a line of RFC 4180
 */
function line(cells) {
  const written = cells.map((cell) =>
    typeof cell === "number"
      ? cell
      : /[",\r\n]/.test(cell)
        ? `"${cell.replaceAll('"', '""')}"`
        : cell,
  );
  return `${written.join(",")}\r\n`;
}

/**
 * @param {number} value float32
 * @returns {number} with as few digits as tell it from every other float32
 */
function shortest(value) {
  for (const digits of [6, 7, 8]) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}

/**
 * @param {Float32Array[]} parts
 * @returns {Float32Array}
 */
function concat(parts) {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
