// One result of the server. Views request its files one by one. bertviz_space/files/wire.py writes
// the files, and no other JavaScript reads them.

import { FileCache } from "./file_cache.js";
import { PredictionChanges } from "./prediction_changes.js";
import { Predictions } from "./predictions.js";
import { unitsOf } from "./units.js";
import { tokensOfSide } from "./written_tokens.js";

/** @typedef {import("./file_cache.js").ReadFile} ReadFile */
/** @typedef {import("./safetensors.js").Tensor} Tensor */
/** @typedef {import("./units.js").Units} Units */
/** @typedef {import("./wire.js").Component} Component */
/** @typedef {import("./wire.js").Token} Token */
/** @typedef {import("./wire.js").LayerEntry} LayerEntry */
/** @typedef {import("./wire.js").ComponentEntry} ComponentEntry */
/** @typedef {import("./wire.js").Manifest} Manifest */
/** @typedef {import("./wire.js").LayerAttention} LayerAttention */

/** Milliseconds that a reader looks at a layer before its neighbors are fetched. */
const PREFETCH_DELAY = 100;

/** A result: its manifest, and its files on request. */
export class Trace {
  #files;
  /** @type {Map<string, Units>} */
  #units = new Map();

  /**
   * @param {Manifest} manifest
   * @param {ReadFile} readFile
   * @param {string | null} [url] of the manifest on a server; null if the files come from elsewhere
   */
  constructor(manifest, readFile, url = null) {
    this.manifest = manifest;
    this.readFile = readFile;
    this.url = url;
    this.#files = new FileCache(readFile);
    /** @type {Trace | null} the run that this one is compared with; null for none */
    this.other = manifest.compared ? new Trace(manifest.compared.other, readFile, url) : null;
  }

  /**
   * Return the manifest's entry of a component.
   * @param {Component} name
   * @returns {ComponentEntry}
   * @throws {Error} if the result does not have the component
   */
  component(name) {
    const found = this.manifest.components.find(({ component }) => component === name);
    if (!found) throw new Error(`this result has no ${name} attention`);
    return found;
  }

  /**
   * Return the tokens of a component's query axis.
   * @param {Component} name
   * @returns {Token[]}
   */
  queryTokens(name) {
    return this.manifest[this.component(name).query_tokens] ?? [];
  }

  /**
   * Return the tokens of a component's key axis.
   * @param {Component} name
   * @returns {Token[]}
   */
  keyTokens(name) {
    return this.manifest[this.component(name).key_tokens] ?? [];
  }

  /**
   * Return how many tokens, or words, are in one bin of the overviews.
   * @param {Component} name
   * @param {boolean} words
   * @returns {{queryBin: number, keyBin: number}}
   */
  bins(name, words) {
    const { query_bin, key_bin, query_word_bin, key_word_bin } = this.component(name);
    return words
      ? { queryBin: query_word_bin, keyBin: key_word_bin }
      : { queryBin: query_bin, keyBin: key_bin };
  }

  /**
   * Return what the axes of a component show: their tokens, or their words.
   * @param {Component} name
   * @param {boolean} words
   * @returns {Record<"query" | "key", Units>}
   */
  units(name, words) {
    const { query_tokens, key_tokens } = this.component(name);
    return { query: this.#unitsOf(query_tokens, words), key: this.#unitsOf(key_tokens, words) };
  }

  /**
   * Return the units of a side; the same object for the same side.
   * @param {"source" | "target"} side
   * @param {boolean} words
   * @returns {Units}
   */
  #unitsOf(side, words) {
    const kind = `${side} ${words}`;
    const starts = side === "source" ? this.manifest.source_words : this.manifest.target_words;
    const units =
      this.#units.get(kind) ??
      unitsOf(tokensOfSide(this.manifest, side), words ? (starts ?? []) : null);
    this.#units.set(kind, units);
    return units;
  }

  /**
   * Fetch the vectors and terms of a layer.
   * @param {Component} component
   * @param {number} layer number of the layer in the model
   * @param {AbortSignal} [signal] stops the fetch if no other reader waits for the file
   * @returns {Promise<LayerAttention>} rejects if the layer has no such attention
   */
  layer(component, layer, signal) {
    const entry = this.component(component).layers.find((each) => each.layer === layer);
    if (!entry) return Promise.reject(new Error(`layer ${layer} has no ${component} attention`));
    return this.#files.read(entry.file, (tensors) => layerAttention(entry, tensors), signal);
  }

  /**
   * Fetch the layers before and after a layer, because a reader is likely to choose one of them next.
   * The fetch starts after a delay, so that the layer in the view comes first.
   * @param {Component} component
   * @param {number} layer number of the layer in the view
   * @param {AbortSignal} signal cancels the fetch if it has not started
   */
  prefetch(component, layer, signal) {
    const numbers = this.component(component).layers.map((each) => each.layer);
    const index = numbers.indexOf(layer);
    const fetchNeighbors = () => {
      for (const next of [numbers[index + 1], numbers[index - 1]]) {
        // Ignore errors: a reader who chooses the layer gets a new attempt, and its error message.
        if (next !== undefined) this.layer(component, next, signal).catch(() => {});
      }
    };
    const timer = setTimeout(fetchNeighbors, PREFETCH_DELAY);
    signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  }

  /**
   * Fetch the overview of a layer: for every head, the largest weight of each pair of bins.
   * @param {Component} component
   * @param {number} layer number of the layer in the model
   * @param {string} filter what is hidden, as links spell it; empty for nothing
   * @param {AbortSignal} [signal] stops the fetch if no other reader waits for the file
   * @returns {Promise<Tensor>} uint8 `[head, query_bin, key_bin]`, 255 times the square root of a weight
   */
  async overview(component, layer, filter, signal) {
    const tensors = await this.#tensorsOfLayer(component, "overviews", layer, signal, filter);
    return requiredTensor(tensors, String(layer));
  }

  /**
   * Fetch what a filter hides of the lines of a layer's heads, from the file of the filtered overviews.
   * @param {Component} component
   * @param {number} layer number of the layer in the model
   * @param {string} filter as links spell it
   * @param {AbortSignal} [signal] stops the fetch if no other reader waits for the file
   * @returns {Promise<Tensor | undefined>} float32 `[head, query segment, key segment, 4]`: the lines, those
   *   that are hidden, the sum of all weights, and of those that are hidden; undefined in an older file
   */
  async hiddenLines(component, layer, filter, signal) {
    const tensors = await this.#tensorsOfLayer(component, "overviews", layer, signal, filter);
    return tensors.get(`${layer}-hidden`);
  }

  /**
   * Fetch the scores of the heads of a layer.
   * @param {Component} component
   * @param {number} layer number of the layer in the model
   * @param {AbortSignal} [signal] stops the fetch if no other reader waits for the file
   * @returns {Promise<Tensor>} float32 `[head, score]`, in the order of the manifest's scores; NaN for a
   *   score without a meaning
   */
  async scores(component, layer, signal) {
    const tensors = await this.#tensorsOfLayer(component, "scores", layer, signal, "");
    return requiredTensor(tensors, String(layer));
  }

  /**
   * Fetch what the model predicts at each position.
   * @returns {Promise<Predictions | null>} null if the manifest says why the predictions are not known
   */
  async predictions() {
    const { predictions } = this.manifest;
    if ("reason" in predictions) return null;
    const read = (/** @type {Map<string, Tensor>} */ tensors) =>
      new Predictions((name) => requiredTensor(tensors, name));
    return this.#files.read(predictions.file, read);
  }

  /**
   * Fetch how the predictions of this run differ from those of the run that it is compared with.
   * @returns {Promise<PredictionChanges | null>} null if that is not known, and for a result that is compared
   *   with none
   */
  async predictionChanges() {
    const file = this.manifest.compared?.changes;
    if (!file) return null;
    const read = (/** @type {Map<string, Tensor>} */ tensors) =>
      new PredictionChanges((name) => requiredTensor(tensors, name));
    return this.#files.read(file, read);
  }

  /**
   * Fetch the file about several layers that contains a layer.
   * @param {Component} component
   * @param {"overviews" | "scores"} kind of file
   * @param {number} layer
   * @param {AbortSignal | undefined} signal
   * @param {string} filter
   * @returns {Promise<Map<string, Tensor>>} rejects if the layer has no such attention
   */
  async #tensorsOfLayer(component, kind, layer, signal, filter) {
    const entry = this.component(component)[kind].find(({ layers }) => layers.includes(layer));
    if (!entry) throw new Error(`layer ${layer} has no ${component} attention`);
    const file = filter ? filteredFile(entry.file, filter) : entry.file;
    return this.#files.read(file, (tensors) => tensors, signal);
  }
}

/**
 * Return the name of the file with what a filter leaves of overviews.
 * @param {string} file of the overviews
 * @param {string} filter as links spell it
 * @returns {string}
 */
export function filteredFile(file, filter) {
  return file.replace(/\.safetensors$/, `~${filter}.safetensors`);
}

/**
 * @param {LayerEntry} entry
 * @param {Map<string, Tensor>} tensors
 * @returns {LayerAttention}
 */
function layerAttention(entry, tensors) {
  const query = requiredTensor(tensors, "query");
  const key = requiredTensor(tensors, "key");
  return {
    ...entry,
    query: /** @type {Float32Array} */ (query.data),
    key: /** @type {Float32Array} */ (key.data),
    logsumexp: /** @type {Float32Array} */ (requiredTensor(tensors, "logsumexp").data),
    allowed: tensors.get("allowed"),
    bias: tensors.get("bias"),
    bias_by_key: tensors.get("bias_by_key"),
    bias_by_distance: tensors.get("bias_by_distance"),
    sink: /** @type {Float32Array | undefined} */ (tensors.get("sink")?.data),
    model_queries: /** @type {Int32Array | undefined} */ (tensors.get("model_queries")?.data),
    model_weights: tensors.get("model_weights"),
    num_queries: query.shape[1],
    num_keys: key.shape[1],
  };
}

/**
 * @param {Map<string, Tensor>} tensors
 * @param {string} name
 * @returns {Tensor}
 * @throws {Error} if the file does not contain the tensor
 */
function requiredTensor(tensors, name) {
  const tensor = tensors.get(name);
  if (!tensor) throw new Error(`the result has no tensor ${name}`);
  return tensor;
}
