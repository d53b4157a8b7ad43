// One result of the server, read file by file as the views ask for it: the only JavaScript that
// fetches and decodes what bertviz_space/files/wire.py writes.

import { decodeSafetensors } from "./safetensors.js";

/** @typedef {import("./safetensors.js").Tensor} Tensor */
/** @typedef {import("./wire.js").Component} Component */
/** @typedef {import("./wire.js").Token} Token */
/** @typedef {import("./wire.js").LayerEntry} LayerEntry */
/** @typedef {import("./wire.js").ComponentEntry} ComponentEntry */
/** @typedef {import("./wire.js").Manifest} Manifest */
/** @typedef {import("./wire.js").LayerAttention} LayerAttention */

/**
 * Reads a file of a result.
 * @callback ReadFile
 * @param {string} name as the manifest says it
 * @param {AbortSignal} [signal] of who asks
 * @returns {Promise<ArrayBuffer>}
 */

/**
 * Makes sure that a file is there, which may not be made before somebody asks for it.
 * @callback Prepare
 * @param {string} url
 * @returns {Promise<boolean | string>} false if it cannot be had any more, a sentence where it cannot
 *   be made now
 */

const VERSION = 3;
// Results whose files stay in memory: the one on screen, and the one before it.
const KEPT_TRACES = 2;
// bytes of one result's files that stay in memory: all of 512 tokens of a BERT-base, 20 layers of
// 4,096 tokens of a small Llama.
const KEPT_BYTES = 256 * 2 ** 20;

// milliseconds after which a reader who looks at a layer may go on to the next.
const PREFETCH_DELAY = 100;

// milliseconds in which a file that nobody waits for may be wanted again: a draw that is begun anew
// comes to it only after what lies before it.
const TAKEOVER = 100;

const EXPIRED = "This result has expired. Run again.";

/** @type {Map<string, Promise<Trace>>} the three views share what they read */
const traces = new Map();

/**
 * What is fetched, or there.
 * @template T
 * @typedef {object} File
 * @property {Promise<T>} content
 * @property {number} readers that wait for it
 * @property {number} bytes none before it is there
 * @property {AbortController} controller
 */

/** A result: its manifest, and its files on request. */
export class Trace {
  /** @type {Map<string, File<any>>} by their names, the one read last at the end */
  #files = new Map();

  /**
   * @param {Manifest} manifest
   * @param {ReadFile} readFile
   */
  constructor(manifest, readFile) {
    this.manifest = manifest;
    this.readFile = readFile;
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
   * @param {AbortSignal} [signal] of who asks: what nobody waits for any more is not fetched
   * @returns {Promise<LayerAttention>}
   */
  layer(component, layer, signal) {
    const entry = this.component(component).layers.find((each) => each.layer === layer);
    if (!entry) return Promise.reject(new Error(`layer ${layer} has no ${component} attention`));
    return this.#read(entry.file, (tensors) => layerAttention(entry, tensors), signal);
  }

  /**
   * Fetch the layers before and after one, to which a reader is likely to go on; in a while, so that
   * what is on view comes first.
   * @param {Component} component
   * @param {number} layer that is on view
   * @param {AbortSignal} signal
   */
  prefetch(component, layer, signal) {
    const numbers = this.component(component).layers.map((each) => each.layer);
    const at = numbers.indexOf(layer);
    const fetchNeighbours = () => {
      for (const next of [numbers[at + 1], numbers[at - 1]]) {
        // Nobody waits for it: what goes wrong is said when somebody does.
        if (next !== undefined) this.layer(component, next, signal).catch(() => {});
      }
    };
    const timer = setTimeout(fetchNeighbours, PREFETCH_DELAY);
    signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  }

  /**
   * Every head of a layer at a glance: the largest weight of each pair of bins.
   * @param {Component} component
   * @param {number} layer
   * @param {AbortSignal} [signal] as of `layer`
   * @returns {Promise<Tensor>} uint8 `[head, query_bin, key_bin]`, the square root of the weight
   */
  async overview(component, layer, signal) {
    const { overviews } = this.component(component);
    const entry = overviews.find(({ layers }) => layers.includes(layer));
    if (!entry) throw new Error(`layer ${layer} has no ${component} attention`);
    const tensors = await this.#read(entry.file, (tensors) => tensors, signal);
    return required(tensors, String(layer));
  }

  /**
   * Read a file once, however many ask for it, and keep it while there is room.
   * @template T
   * @param {string} name
   * @param {(tensors: Map<string, Tensor>) => T} parse
   * @param {AbortSignal} [signal]
   * @returns {Promise<T>}
   */
  #read(name, parse, signal) {
    /** @type {File<T>} */
    const file = this.#files.get(name) ?? this.#begin(name, parse);
    this.#files.delete(name);
    this.#files.set(name, file);
    file.readers++;
    const leave = () => {
      if (--file.readers === 0) setTimeout(callOff, TAKEOVER);
    };
    const callOff = () => {
      if (file.readers > 0 || file.bytes > 0) return;
      file.controller.abort();
      this.#forget(name, file);
    };
    signal?.addEventListener("abort", leave, { once: true });
    return file.content.finally(() => signal?.removeEventListener("abort", leave));
  }

  /**
   * @template T
   * @param {string} name
   * @param {(tensors: Map<string, Tensor>) => T} parse
   * @returns {File<T>}
   */
  #begin(name, parse) {
    const controller = new AbortController();
    const fetched = async () => {
      const buffer = await this.readFile(name, controller.signal);
      file.bytes = buffer.byteLength;
      this.#dropOldest();
      return parse(decodeSafetensors(buffer));
    };
    /** @type {File<T>} */
    const file = { content: fetched(), readers: 0, bytes: 0, controller };
    // A file that failed is asked for again the next time.
    file.content.catch(() => this.#forget(name, file));
    return file;
  }

  /**
   * @param {string} name
   * @param {File<unknown>} file
   */
  #forget(name, file) {
    if (this.#files.get(name) === file) this.#files.delete(name);
  }

  #dropOldest() {
    let excess = [...this.#files.values()].reduce((sum, { bytes }) => sum + bytes, -KEPT_BYTES);
    for (const [name, { bytes }] of this.#files) {
      if (excess <= 0) return;
      this.#files.delete(name);
      excess -= bytes;
    }
  }
}

/**
 * Open a result by its manifest's address; the files lie beside it.
 * @param {string} url
 * @param {Prepare} [prepare] asked for files that the manifest does not call ready
 * @returns {Promise<Trace>}
 */
export function openTrace(url, prepare = async () => true) {
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
      return new Trace(manifest, async (name, signal) => {
        const file = new URL(name, address).href;
        const isThere = manifest.ready.includes(name) || (await prepare(file));
        // A sentence says why the file cannot be made now: the next draw asks again.
        if (typeof isThere === "string") throw new Error(isThere);
        if (!isThere) throw new Error(EXPIRED);
        return (await fetchOk(file, signal)).arrayBuffer();
      });
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
 * @param {AbortSignal} [signal]
 * @returns {Promise<Response>}
 */
async function fetchOk(url, signal) {
  const response = await fetch(url, { signal });
  // Gradio answers 403 for a file that is gone.
  if (response.status === 403 || response.status === 404) throw new Error(EXPIRED);
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
    logsumexp: /** @type {Float32Array} */ (required(tensors, "logsumexp").data),
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
