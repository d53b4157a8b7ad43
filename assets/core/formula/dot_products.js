// Dot products of one vector with many. WebAssembly computes them seven times as fast as JavaScript,
// and they limit how long a text can be.

import { decodeModule, growMemory } from "./wasm.js";

/**
 * dot_products.wat, assembled: 268 bytes. `tests/js/dot_products.test.js` assembles the file and
 * compares the result.
 */
const ASSEMBLED =
  "AGFzbQEAAAABCQFgBX9/f39/AAMCAQAFAwEAAQcRAgZtZW1vcnkCAARkb3RzAAAK2gEB1wEDBH8BewF9IAQgAUECdGohBSADIAJBAnRqIQggAyACQXxxQQJ0aiEHAkADQCAEIAVPDQEgAyEG/QwAAAAAAAAAAAAAAAAAAAAAIQkCQANAIAYgB08NASAJIAD9AAQAIAb9AAQA/eYB/eQBIQkgAEEQaiEAIAZBEGohBgwACwsgCf0fACAJ/R8BkiAJ/R8CIAn9HwOSkiEKAkADQCAGIAhPDQEgCiAAKgIAIAYqAgCUkiEKIABBBGohACAGQQRqIQYMAAsLIAQgCjgCACAEQQRqIQQMAAsLCw==";

const { exports } = new WebAssembly.Instance(decodeModule(ASSEMBLED));
const memory = /** @type {WebAssembly.Memory} */ (exports.memory);
const dots =
  /** @type {(vectors: number, count: number, dim: number, vector: number, out: number) => void} */ (
    exports.dots
  );

/**
 * The vectors that are already at address 0 of WebAssembly's memory: successive calls often use the
 * same ones.
 * @type {Float32Array | null}
 */
let copied = null;

/**
 * Return the dot products of one vector with many.
 * @param {Float32Array} vectors `[count, dim]`; the data must never change
 * @param {Float32Array} vector `[dim]`
 * @param {[number, number]} [range] the vectors to multiply, from the first to before the last; all by
 *   default
 * @returns {Float32Array} `[end - begin]`, a copy
 */
export function dotProducts(vectors, vector, [begin, end] = [0, vectors.length / vector.length]) {
  const dim = vector.length;
  const vectorAddress = vectors.byteLength;
  const outAddress = vectorAddress + vector.byteLength;
  if (growMemory(memory, outAddress + (end - begin) * 4)) copied = null;
  if (!isSameMemory(copied, vectors)) {
    new Float32Array(memory.buffer, 0, vectors.length).set(vectors);
    copied = vectors;
  }
  new Float32Array(memory.buffer, vectorAddress, dim).set(vector);
  dots(begin * dim * 4, end - begin, dim, vectorAddress, outAddress);
  return new Float32Array(memory.buffer, outAddress, end - begin).slice();
}

/**
 * @param {Float32Array | null} one
 * @param {Float32Array} other
 * @returns {boolean} whether both view the same bytes
 */
function isSameMemory(one, other) {
  return (
    one?.buffer === other.buffer &&
    one.byteOffset === other.byteOffset &&
    one.length === other.length
  );
}
