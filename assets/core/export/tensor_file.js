// safetensors files of weights and of vectors, for programs.

import { interventionsInWords } from "../data/interventions_in_words.js";
import { encodeSafetensors } from "../data/safetensors.js";
import { positionsOf } from "../state/attention_part.js";
import { otherRunWithCommit } from "../text/other_run.js";
import {
  checkVectors,
  checkWeights,
  inTokens,
  partSize,
  VECTOR_KINDS,
  weightRows,
} from "./exported_part.js";

/** @typedef {import("../data/safetensors.js").Tensor} Tensor */
/** @typedef {import("../data/wire.js").LayerAttention} LayerAttention */
/** @typedef {import("../data/wire.js").Token} Token */
/** @typedef {import("../state/attention_part.js").AttentionPart} AttentionPart */
/** @typedef {import("./exported_part.js").ExportedPart} ExportedPart */

/** Float32 numbers of one file, which take 256 MiB. */
const MAX_NUMBERS = 2 ** 26;

/**
 * Return a file of weights. If all layers have the same heads, it contains one float32 tensor `[layer,
 * head, query, key]` with the component's name, such as `self`. Otherwise it contains one float32
 * tensor `[head, query, key]` for each layer, such as `self.3`.
 * @param {ExportedPart} part
 * @returns {BlobPart[]} the parts of the file, in order
 * @throws {Error} with a message for the reader, if the part is too large
 */
export function weightsFile(part) {
  const { attentionPart, layers } = part;
  // Programs can compute the mean of the heads themselves.
  checkWeights({ ...part, mean: false }, MAX_NUMBERS);
  const size = partSize(attentionPart);
  const weightsByLayer = layers.map(({ layer, heads }) => {
    const rows = heads.flatMap((head) => weightRows(layer, [head], part));
    return concat(rows.map(({ weights }) => weights));
  });
  const { component } = attentionPart;
  const [{ heads: firstHeads }] = layers;
  if (layers.every(({ heads }) => `${heads}` === `${firstHeads}`)) {
    const shape = [layers.length, firstHeads.length, ...size];
    const tensors = new Map([[component, { shape, data: concat(weightsByLayer) }]]);
    const metadata = metadataOf(part, { [component]: firstHeads });
    return encodeSafetensors(tensors, {
      axes: "layer head query key",
      ...filterOf(part),
      ...metadata,
    });
  }
  const tensors = new Map(
    layers.map(({ layer, heads }, index) => {
      const shape = [heads.length, ...size];
      return [nameOf(layer, attentionPart), { shape, data: weightsByLayer[index] }];
    }),
  );
  const metadata = metadataOf(part, headsByLayer(part));
  return encodeSafetensors(tensors, { axes: "head query key", ...filterOf(part), ...metadata });
}

/**
 * Return a file of the query and key vectors that are multiplied. For each layer, such as `self.3`, it
 * contains float32 `self.3.query` and `self.3.key` `[head, position, head_dim]`, and `self.3.logsumexp`
 * `[head, query]`: the logarithm of the softmax's denominator over all keys, or 0 for a query that may
 * attend to no key.
 * @param {ExportedPart} shown
 * @returns {BlobPart[]} the parts of the file, in order
 * @throws {Error} with a message for the reader, if the vectors are unknown or too many
 */
export function vectorsFile(shown) {
  const part = inTokens(shown);
  const { attentionPart, layers } = part;
  checkVectors(part, MAX_NUMBERS);
  /** @type {Map<string, Tensor>} */
  const tensors = new Map();
  /** @type {Record<string, number>} */
  const scaling = {};
  for (const { layer, heads } of layers) {
    const name = nameOf(layer, attentionPart);
    for (const { kind, span, vectorOf } of VECTOR_KINDS) {
      const positions = positionsOf(attentionPart[span]);
      const vectors = heads.flatMap((head) =>
        positions.map((position) => vectorOf(layer, head, position)),
      );
      const shape = [heads.length, positions.length, layer.head_dim];
      tensors.set(`${name}.${kind}`, { shape, data: concat(vectors) });
    }
    const logsumexp = heads.map((head) => logsumexpOf(layer, head, attentionPart));
    const shape = [heads.length, logsumexp[0].length];
    tensors.set(`${name}.logsumexp`, { shape, data: concat(logsumexp) });
    scaling[name] = layer.scaling;
  }
  return encodeSafetensors(tensors, {
    axes: "head position head_dim",
    scaling: JSON.stringify(scaling),
    ...metadataOf(part, headsByLayer(part)),
  });
}

/**
 * @param {ExportedPart} part
 * @returns {Record<string, string>} what the filter hides, which is 0 in the file; empty without a filter
 */
function filterOf({ filter }) {
  return filter ? { filter: filter.text } : {};
}

/**
 * @param {LayerAttention} layer
 * @param {number} head
 * @param {AttentionPart} attentionPart
 * @returns {Float32Array} `[query]`, the logarithm of the softmax's denominator
 */
function logsumexpOf({ logsumexp, num_queries }, head, { queries: [begin, end] }) {
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
 * @param {ExportedPart} part
 * @returns {Record<string, number[]>} the heads of each layer, by the layer's name such as `self.3`
 */
function headsByLayer({ attentionPart, layers }) {
  return Object.fromEntries(
    layers.map(({ layer, heads }) => [nameOf(layer, attentionPart), heads]),
  );
}

/**
 * Return the metadata of a file. A file with all tokens can be opened again
 * (bertviz_space/files/tensor_import/trace_reader.py). A file with some tokens cannot, and has other
 * names for them.
 * @param {ExportedPart} part
 * @param {Record<string, number[]>} heads by name of a tensor or a layer
 * @returns {Record<string, string>}
 */
function metadataOf({ trace, attentionPart, axes, filter, layers }, heads) {
  const { component } = attentionPart;
  const { model, source, target } = trace.manifest;
  const { model_id, revision } = model;
  const other = otherRunWithCommit(trace.manifest);
  const [queryTokens, keyTokens] = [axes.query.tokens, axes.key.tokens];
  const isWhole =
    !filter?.words && `${partSize(attentionPart)}` === `${[queryTokens.length, keyTokens.length]}`;
  const texts = (/** @type {Token[]} */ tokens) => JSON.stringify(tokens.map(({ text }) => text));
  const allTokens = { tokens: texts(source), ...(target ? { target_tokens: texts(target) } : {}) };
  const someTokens = {
    query_tokens: texts(queryTokens.slice(...attentionPart.queries)),
    key_tokens: texts(keyTokens.slice(...attentionPart.keys)),
  };
  return {
    layers: JSON.stringify({ [component]: layers.map(({ layer }) => layer.layer) }),
    heads: JSON.stringify(heads),
    ...(isWhole ? allTokens : someTokens),
    model_id,
    revision,
    interventions: JSON.stringify(interventionsInWords(trace.manifest)),
    ...(other ? { compared_with: other } : {}),
  };
}

/**
 * @param {Float32Array[]} arrays
 * @returns {Float32Array} a copy of the arrays, one after the other
 */
function concat(arrays) {
  const whole = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const array of arrays) {
    whole.set(array, offset);
    offset += array.length;
  }
  return whole;
}
