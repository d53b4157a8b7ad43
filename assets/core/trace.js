// One result of the server, read file by file as the views ask for it: the only JavaScript that
// knows the wire (bertviz_space/wire.py). Its fields keep the wire's spelling.

import { decodeSafetensors } from "./safetensors.js";

/** @typedef {import("./safetensors.js").Tensor} Tensor */
/** @typedef {"self" | "encoder" | "decoder" | "cross"} Component */

/**
 * @typedef {object} Token
 * @property {string} text the piece of the reader's text, or a special token's name
 * @property {string} vocabulary the spelling in the vocabulary
 * @property {number} token_id
 * @property {number} start
 * @property {number} end
 * @property {"A" | "B" | null} segment
 * @property {boolean} special
 * @property {[number, number]} part k of n tokens that share the same characters
 */

/**
 * How far a query sees: keys from `query - before` to `query + after`; null for no end.
 * @typedef {object} Reach
 * @property {number | null} before
 * @property {number | null} after
 */

/**
 * Which dimensions of queries and keys turn with the position.
 * @typedef {object} Rotation
 * @property {number} start the first dimension that turns
 * @property {number} size how many turn
 * @property {boolean} interleaved whether a pair is two neighbours, or `i` and `i + size / 2`
 */

/**
 * @typedef {object} LayerEntry
 * @property {number} layer the block's true number
 * @property {string} file
 * @property {number} num_heads
 * @property {number} num_key_value_heads
 * @property {number} head_dim
 * @property {number} scaling
 * @property {number | null} softcap
 * @property {Reach | null} reach null where it hides nothing
 * @property {Rotation | null} rotation
 */

/**
 * @typedef {object} ComponentEntry
 * @property {Component} component
 * @property {"source" | "target"} query_tokens
 * @property {"source" | "target"} key_tokens
 * @property {string} overview
 * @property {LayerEntry[]} layers
 */

/**
 * @typedef {object} Manifest
 * @property {number} version
 * @property {{model_id: string, revision: string}} model
 * @property {Token[]} source
 * @property {Token[] | null} target
 * @property {ComponentEntry[]} components
 */

/**
 * @typedef {object} LayerTensors
 * @property {Float32Array} query `[head, query, head_dim]`
 * @property {Float32Array} key `[key_value_head, key, head_dim]`
 * @property {Tensor | undefined} allowed uint8 `[head or 1, query, key]`, beside the reach
 * @property {Tensor | undefined} bias float32 `[head or 1, query, key]`; at most one of the three
 * @property {Tensor | undefined} bias_by_key float32 `[head or 1, key]`
 * @property {Tensor | undefined} bias_by_distance float32 `[head or 1, num_queries + num_keys - 1]`
 * @property {Float32Array | undefined} sink `[head]`
 * @property {Int32Array | undefined} model_queries `[row]`
 * @property {Tensor | undefined} model_weights the model's own: float32 `[head, row, key]`
 * @property {number} num_queries
 * @property {number} num_keys
 */

/** @typedef {LayerEntry & LayerTensors} LayerAttention */

/**
 * @typedef {object} Overview
 * @property {Int32Array} query_edges where the query bins begin and end
 * @property {Int32Array} key_edges
 * @property {Map<number, Tensor>} layers by number: uint8 `[head, query_bin, key_bin]`
 */

const VERSION = 2;
// Results whose files stay in memory: the one on screen, and the one before it.
const KEPT_TRACES = 2;

/** @type {Map<string, Promise<Trace>>} the three views share what they read */
const traces = new Map();

/** A result: its manifest, and its files on request, each fetched once. */
export class Trace {
  /** @type {Map<string, Promise<Map<string, Tensor>>>} */
  #files = new Map();
  /** @type {Map<string, Promise<LayerAttention>>} */
  #layers = new Map();

  /**
   * @param {string} url the manifest's address; the files lie beside it
   * @param {Manifest} manifest
   */
  constructor(url, manifest) {
    this.url = url;
    this.manifest = manifest;
  }

  /**
   * @param {Component} name
   * @returns {ComponentEntry}
   */
  component(name) {
    const found = this.manifest.components.find(({ component }) => component === name);
    if (!found) throw new Error(`this result has no ${name} attention`);
    return found;
  }

  /**
   * @param {Component} name
   * @returns {Token[]}
   */
  queryTokens(name) {
    return this.manifest[this.component(name).query_tokens] ?? [];
  }

  /**
   * @param {Component} name
   * @returns {Token[]}
   */
  keyTokens(name) {
    return this.manifest[this.component(name).key_tokens] ?? [];
  }

  /**
   * @param {Component} component
   * @param {number} layer the block's true number
   * @returns {Promise<LayerAttention>}
   */
  layer(component, layer) {
    const entry = this.component(component).layers.find((each) => each.layer === layer);
    if (!entry) return Promise.reject(new Error(`layer ${layer} has no ${component} attention`));
    const known = this.#layers.get(entry.file);
    if (known) return known;
    const read = this.#file(entry.file).then((tensors) => layerAttention(entry, tensors));
    this.#layers.set(entry.file, read);
    read.catch(() => this.#layers.delete(entry.file));
    return read;
  }

  /**
   * @param {Component} component
   * @returns {Promise<Overview>}
   */
  async overview(component) {
    const tensors = new Map(await this.#file(this.component(component).overview));
    const edges = (/** @type {string} */ name) => {
      const { data } = required(tensors, name);
      tensors.delete(name);
      return /** @type {Int32Array} */ (data);
    };
    const query_edges = edges("query_edges");
    const key_edges = edges("key_edges");
    const layers = new Map([...tensors].map(([name, tensor]) => [Number(name), tensor]));
    return { query_edges, key_edges, layers };
  }

  /**
   * @param {string} name
   * @returns {Promise<Map<string, Tensor>>}
   */
  #file(name) {
    const known = this.#files.get(name);
    if (known) return known;
    const read = fetchOk(new URL(name, this.url).href)
      .then((response) => response.arrayBuffer())
      .then(decodeSafetensors);
    this.#files.set(name, read);
    // A file that failed is asked for again the next time.
    read.catch(() => this.#files.delete(name));
    return read;
  }
}

/**
 * Open a result by its manifest's address.
 * @param {string} url
 * @returns {Promise<Trace>}
 */
export function openTrace(url) {
  const address = new URL(url, globalThis.location?.href).href;
  const known = traces.get(address);
  if (known) {
    // Put behind the others: the one opened last leaves last.
    traces.delete(address);
    traces.set(address, known);
    return known;
  }
  const opened = fetchOk(address)
    .then((response) => response.json())
    .then((manifest) => {
      if (manifest.version !== VERSION) throw new Error("Reload the page: it was updated.");
      return new Trace(address, manifest);
    });
  traces.set(address, opened);
  opened.catch(() => traces.delete(address));
  for (const oldest of traces.keys()) {
    if (traces.size <= KEPT_TRACES) break;
    traces.delete(oldest);
  }
  return opened;
}

/**
 * @param {string} url
 * @returns {Promise<Response>}
 */
async function fetchOk(url) {
  const response = await fetch(url);
  // Gradio answers 403 for a file that is gone.
  if (response.status === 403 || response.status === 404) {
    throw new Error("This result has expired. Run again.");
  }
  if (!response.ok) throw new Error(`The server answered with an error (${response.status}).`);
  return response;
}

/**
 * @param {LayerEntry} entry
 * @param {Map<string, Tensor>} tensors
 * @returns {LayerAttention}
 */
function layerAttention(entry, tensors) {
  const query = required(tensors, "query");
  const key = required(tensors, "key");
  return {
    ...entry,
    query: /** @type {Float32Array} */ (query.data),
    key: /** @type {Float32Array} */ (key.data),
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
 */
function required(tensors, name) {
  const tensor = tensors.get(name);
  if (!tensor) throw new Error(`the result has no tensor ${name}`);
  return tensor;
}
