// The files of a made trace: what bertviz_space/files/wire.py would write, for the page's own modules.

import { encodeSafetensors } from "../../assets/core/data/safetensors.js";
import { filteredFile } from "../../assets/core/data/trace.js";
import { changeTensors, predictionTensors } from "./made_predictions.js";
import { SCALING, score, sum, weightsOfMade } from "./made_weights.js";

/** @typedef {import("../../assets/core/data/safetensors.js").Tensor} Tensor */
/** @typedef {import("../../assets/core/data/wire.js").Token} Token */
/** @typedef {import("./made_trace.js").MadeLayer} MadeLayer */

const OVERVIEWS = "self-overview-0.safetensors";
const SCORES = "self-scores-0.safetensors";
const PREDICTIONS = "predictions.safetensors";
const OTHER_PREDICTIONS = "other-predictions.safetensors";
const CHANGES = "changes.safetensors";

/**
 * What is made of interventions.
 * @typedef {object} MadeInterventions
 * @property {{spelling: string, words: string}[]} [interventions] of the trace; none by default
 * @property {Record<number, Token>} [replaced] the tokens that a mask replaces
 * @property {boolean} [maskToken] whether the model has a mask token
 * @property {MadeOther | null} [compared] the run that the trace is compared with
 */

/**
 * The other run of a comparison.
 * @typedef {object} MadeOther
 * @property {import("../../assets/core/data/wire.js").Compared["differs"]} differs
 * @property {number[]} source the aligned positions, -1 for none
 * @property {Token[]} tokens
 * @property {MadeLayer[]} layers
 * @property {string} [modelId]
 * @property {string} [reason] why the predictions of the other run are not known. Otherwise all of its
 *   probabilities are 1.5 times as large as those of this run would be
 * @property {boolean} [hasChanges] whether it is known how the predictions differ; true by default
 */

/** @type {WeakMap<MadeLayer, Blob>} the files of layers, because several tests may show a layer */
const layerFiles = new WeakMap();

/**
 * Return functions that write the files of one self-attention, by the files' names.
 * @param {Token[]} tokens
 * @param {MadeLayer[]} layers
 * @param {string[]} filters of which the overviews exist, which show nothing
 * @param {import("./made_predictions.js").MadePredictions | null} predictions
 * @param {number | null} writtenFrom position of the first token that the model wrote
 * @param {MadeInterventions} [made]
 * @returns {Map<string, () => Blob>}
 */
export function filesOf(tokens, layers, filters, predictions, writtenFrom, made = {}) {
  const { interventions, replaced = {}, maskToken = false, compared = null } = made;
  const entries = layers.map(entryOf);
  const files = new Map(entries.map(({ file }, at) => [file, () => layerFile(layers[at])]));
  files.set(OVERVIEWS, () => safetensors(overviewsOf(layers)));
  files.set(SCORES, () => safetensors(scoresOf(layers)));
  if (predictions) {
    files.set(PREDICTIONS, () => safetensors(predictionTensors(tokens, predictions)));
  }
  const manifest = {
    version: 4,
    model: { model_id: "made/model", revision: "0123abc" },
    source: tokens,
    target: null,
    source_words: wordStarts(tokens),
    target_words: null,
    components: [componentOf(entries)],
    scores: [
      scoreOf("same", "Same position", "Share of the weights on the query."),
      scoreOf("next", "Next token", "Share of the weights on the token after it."),
      scoreOf("first", "First token", "Share of the weights on the first token."),
      scoreOf("distance", "Distance", "Mean distance between query and key.", false),
    ],
    predictions: predictions
      ? { file: PREDICTIONS, tokens: "source", offset: predictions.offset }
      : { reason: "This trace is made without predictions." },
    written_from: writtenFrom,
    intervened: interventions ? { interventions, replaced } : null,
    mask_token: maskToken,
    ready: [...files.keys()],
  };
  manifest.compared = compared && comparedOf(compared, manifest, files, predictions);
  for (const filter of filters) {
    files.set(filteredFile(OVERVIEWS, filter), () => {
      return safetensors(new Map([...emptyOverviewsOf(layers), ...hiddenOf(tokens, layers)]));
    });
  }
  return files.set("manifest.json", () => new Blob([JSON.stringify(manifest)]));
}

/**
 * Return a comparison with another run, and add the files of that run.
 * @param {MadeOther} made
 * @param {object} manifest of this run
 * @param {Map<string, () => Blob>} files
 * @param {import("./made_predictions.js").MadePredictions | null} predictions of both runs
 * @returns {import("../../assets/core/data/wire.js").Compared}
 */
function comparedOf(made, manifest, files, predictions) {
  const { differs, source, tokens, layers, modelId, reason, hasChanges = true } = made;
  const entries = layers.map(entryOf).map((entry) => ({ ...entry, file: `other-${entry.file}` }));
  for (const [at, { file }] of entries.entries()) {
    files.set(file, () => layerFile(layers[at]));
    manifest.ready.push(file);
  }
  const otherEntry = reason ? { reason } : otherPredictions(tokens, predictions, manifest, files);
  const changes = hasChanges && "file" in otherEntry ? CHANGES : null;
  if (changes) files.set(CHANGES, () => safetensors(changeTensors(source)));
  const other = {
    ...manifest,
    model: { ...manifest.model, model_id: modelId ?? manifest.model.model_id },
    source: tokens,
    source_words: wordStarts(tokens),
    components: [{ ...componentOf(entries), overviews: [], scores: [] }],
    scores: [],
    predictions: otherEntry,
    intervened: null,
    compared: null,
  };
  return { differs, source, target: null, changes, other };
}

/**
 * Return the entry of the predictions of another run, and add their file.
 * @param {Token[]} tokens of the other run
 * @param {import("./made_predictions.js").MadePredictions | null} predictions null for none
 * @param {object} manifest of this run
 * @param {Map<string, () => Blob>} files
 */
function otherPredictions(tokens, predictions, manifest, files) {
  if (!predictions) return manifest.predictions;
  files.set(OTHER_PREDICTIONS, () => safetensors(predictionTensors(tokens, predictions, 1.5)));
  return { ...manifest.predictions, file: OTHER_PREDICTIONS };
}

/** @returns {import("../../assets/core/data/wire.js").Score} */
function scoreOf(name, label, meaning, is_pattern = true) {
  return { name, label, meaning, is_pattern };
}

/**
 * Return where words begin: at a special token, after one, and at a token that a blank precedes.
 * @param {Token[]} tokens
 * @returns {number[]}
 */
function wordStarts(tokens) {
  return [...tokens.keys()].filter((position) => {
    const [before, token] = [tokens[position - 1], tokens[position]];
    return !before || before.special || token.special || token.start > before.end;
  });
}

/**
 * @param {ReturnType<typeof entryOf>[]} layers
 * @returns {import("../../assets/core/data/wire.js").ComponentEntry}
 */
function componentOf(layers) {
  return {
    component: "self",
    query_tokens: "source",
    key_tokens: "source",
    query_bin: 1,
    key_bin: 1,
    query_word_bin: 1,
    key_word_bin: 1,
    overviews: [{ file: OVERVIEWS, layers: [...layers.keys()] }],
    scores: [{ file: SCORES, layers: [...layers.keys()] }],
    layers,
  };
}

/**
 * @param {MadeLayer} layer
 * @param {number} number
 * @returns {import("../../assets/core/data/wire.js").LayerEntry}
 */
function entryOf({ query, weights, entry }, number) {
  const numHeads = (query ?? weights).length;
  return {
    layer: number,
    file: `self-${number}.safetensors`,
    num_heads: numHeads,
    num_key_value_heads: numHeads,
    head_dim: query?.[0][0].length ?? 1,
    scaling: SCALING,
    softcap: null,
    reach: null,
    rotation: null,
    ...entry,
  };
}

/**
 * @param {MadeLayer} layer
 * @returns {Blob}
 */
function layerFile(layer) {
  const tensors = () => (layer.weights ? weightTensors(layer.weights) : vectorTensors(layer));
  const file = layerFiles.get(layer) ?? safetensors(tensors());
  layerFiles.set(layer, file);
  return file;
}

/**
 * Return vectors of 0, and the logarithms of weights as a bias.
 * @param {number[][][]} weights `[head][query][key]`
 * @returns {Map<string, Tensor>}
 */
function weightTensors(weights) {
  const [numHeads, length] = [weights.length, weights[0].length];
  const zeros = new Float32Array(numHeads * length);
  const numbers = weights.flat(2);
  const shape = [numHeads, length, length];
  return new Map([
    ["query", { shape: [numHeads, length, 1], data: zeros }],
    ["key", { shape: [numHeads, length, 1], data: zeros }],
    ["logsumexp", { shape: [numHeads, length], data: zeros }],
    ["bias", { shape, data: Float32Array.from(numbers, (weight) => Math.log(weight || 1)) }],
    ["allowed", { shape, data: Uint8Array.from(numbers, (weight) => Number(weight > 0)) }],
  ]);
}

/**
 * @param {MadeLayer} layer
 * @returns {Map<string, Tensor>}
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
 * @returns {[string, Tensor][]}
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
 * @param {MadeLayer[]} layers
 * @returns {Map<string, Tensor>} the overviews of the layers if all weights are hidden
 */
function emptyOverviewsOf(layers) {
  return new Map(
    [...overviewsOf(layers)].map(([name, { shape, data }]) => {
      return [name, { shape, data: new Uint8Array(data.length) }];
    }),
  );
}

/**
 * Return what is hidden of each layer if all weights are hidden.
 * @param {Token[]} tokens
 * @param {MadeLayer[]} layers
 * @returns {Map<string, Tensor>} float32 `[head, query segment, key segment, 4]`
 */
function hiddenOf(tokens, layers) {
  const segments = [...new Set(tokens.map(({ segment }) => segment))];
  const entries = layers.map((layer, number) => {
    const weights = weightsOfMade(layer);
    const counts = weights.flatMap((rows) =>
      segments.flatMap((querySegment) =>
        segments.flatMap((keySegment) => {
          const part = rows
            .filter((_, query) => tokens[query].segment === querySegment)
            .flatMap((row) => row.filter((_, key) => tokens[key].segment === keySegment));
          const lines = part.filter((weight) => weight >= 0.5 / 255).length;
          return [lines, lines, sum(part), sum(part)];
        }),
      ),
    );
    const shape = [weights.length, segments.length, segments.length, 4];
    return [`${number}-hidden`, { shape, data: Float32Array.from(counts) }];
  });
  return new Map(entries);
}

/**
 * Return the overview of each layer: the square root of each weight in a byte.
 * @param {MadeLayer[]} layers
 * @returns {Map<string, Tensor>}
 */
function overviewsOf(layers) {
  const entries = layers.map((layer, number) => {
    const weights = weightsOfMade(layer);
    const shape = [weights.length, weights[0].length, weights[0].length];
    const data = Uint8Array.from(weights.flat(2), (weight) => Math.round(255 * weight ** 0.5));
    return [String(number), { shape, data }];
  });
  return new Map(entries);
}

/**
 * Return the scores of each layer: the shares of the weights on the query and on the first token, and the
 * mean distance. No head has the score between the first two.
 * @param {MadeLayer[]} layers
 * @returns {Map<string, Tensor>}
 */
function scoresOf(layers) {
  const entries = layers.map((layer, number) => {
    const scores = weightsOfMade(layer).map((rows) => {
      const shares = [rows.map((row, query) => row[query]), rows.map(([first]) => first)];
      const [same, first] = shares.map((weights) => sum(weights) / rows.length);
      const distances = rows.flatMap((row, query) =>
        row.map((weight, key) => weight * Math.abs(query - key)),
      );
      return [same, Number.NaN, first, sum(distances) / rows.length];
    });
    return [String(number), { shape: [scores.length, 4], data: Float32Array.from(scores.flat()) }];
  });
  return new Map(entries);
}

/**
 * @param {Map<string, Tensor>} tensors
 * @returns {Blob}
 */
function safetensors(tensors) {
  return new Blob(encodeSafetensors(tensors, {}));
}
