// The files of one result in memory: each file is fetched and parsed once, and kept while there is
// room.

import { decodeSafetensors } from "./safetensors.js";

/** @typedef {import("./safetensors.js").Tensor} Tensor */

/**
 * Reads a file of a result.
 * @callback ReadFile
 * @param {string} name as in the manifest
 * @param {AbortSignal} [signal] stops reading
 * @returns {Promise<ArrayBuffer>}
 */

/**
 * A file that is being fetched, or has been.
 * @template T
 * @typedef {object} File
 * @property {Promise<T>} content
 * @property {number} readers readers that have not aborted
 * @property {number} bytes 0 until the file has arrived
 * @property {AbortController} controller stops the fetch
 */

/**
 * Bytes of one result's files that stay in memory: all layers of a BERT-base for 512 tokens, or 20
 * layers of a small Llama for 4,096 tokens.
 */
const MAX_BYTES = 256 * 2 ** 20;

/**
 * Milliseconds for which a fetch continues after its last reader aborted. A new draw aborts the old
 * one first, and requests the same file only after the files that precede it.
 */
const ABORT_DELAY = 100;

export class FileCache {
  /** @type {Map<string, File<any>>} by name, the most recently read last */
  #files = new Map();
  #readFile;

  /** @param {ReadFile} readFile */
  constructor(readFile) {
    this.#readFile = readFile;
  }

  /**
   * Return a parsed file. Readers of the same file share one fetch, which stops when all of them have
   * aborted.
   * @template T
   * @param {string} name
   * @param {(tensors: Map<string, Tensor>) => T} parse must be the same for all readers of a file
   * @param {AbortSignal} [signal]
   * @returns {Promise<T>} rejects if the file cannot be read; the next call tries again
   */
  read(name, parse, signal) {
    /** @type {File<T>} */
    const file = this.#files.get(name) ?? this.#begin(name, parse);
    this.#files.delete(name);
    this.#files.set(name, file);
    file.readers++;
    const stopFetch = () => {
      if (file.readers > 0 || file.bytes > 0) return;
      file.controller.abort();
      this.#forget(name, file);
    };
    const leave = () => {
      if (--file.readers === 0) setTimeout(stopFetch, ABORT_DELAY);
    };
    signal?.addEventListener("abort", leave, { once: true });
    return file.content.finally(() => signal?.removeEventListener("abort", leave));
  }

  /**
   * Start to fetch a file.
   * @template T
   * @param {string} name
   * @param {(tensors: Map<string, Tensor>) => T} parse
   * @returns {File<T>}
   */
  #begin(name, parse) {
    const controller = new AbortController();
    const fetchContent = async () => {
      const buffer = await this.#readFile(name, controller.signal);
      file.bytes = buffer.byteLength;
      this.#dropOldest();
      return parse(decodeSafetensors(buffer));
    };
    /** @type {File<T>} */
    const file = { content: fetchContent(), readers: 0, bytes: 0, controller };
    file.content.catch(() => this.#forget(name, file));
    return file;
  }

  /**
   * Remove a file, unless another fetch has replaced it.
   * @param {string} name
   * @param {File<unknown>} file
   */
  #forget(name, file) {
    if (this.#files.get(name) === file) this.#files.delete(name);
  }

  /** Remove the least recently read files until the rest fits. */
  #dropOldest() {
    let excess = [...this.#files.values()].reduce((sum, { bytes }) => sum + bytes, -MAX_BYTES);
    for (const [name, { bytes }] of this.#files) {
      if (excess <= 0) return;
      this.#files.delete(name);
      excess -= bytes;
    }
  }
}
