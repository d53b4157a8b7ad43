// Dot products of one vector with many: seven times as fast in WebAssembly as in JavaScript, and
// what decides how long a text may be.

import { decodeModule, growMemory } from "./wasm.js";

/**
 * dot_products.wat, assembled: 268 bytes. `tests/js/dot_products.test.js` assembles it again and
 * compares.
 */
const ASSEMBLED =
  "AGFzbQEAAAABCQFgBX9/f39/AAMCAQAFAwEAAQcRAgZtZW1vcnkCAARkb3RzAAAK2gEB1wEDBH8BewF9IAQgAUECdGohBSADIAJBAnRqIQggAyACQXxxQQJ0aiEHAkADQCAEIAVPDQEgAyEG/QwAAAAAAAAAAAAAAAAAAAAAIQkCQANAIAYgB08NASAJIAD9AAQAIAb9AAQA/eYB/eQBIQkgAEEQaiEAIAZBEGohBgwACwsgCf0fACAJ/R8BkiAJ/R8CIAn9HwOSkiEKAkADQCAGIAhPDQEgCiAAKgIAIAYqAgCUkiEKIABBBGohACAGQQRqIQYMAAsLIAQgCjgCACAEQQRqIQQMAAsLCw==";

const { exports } = new WebAssembly.Instance(decodeModule(ASSEMBLED));
const memory = /** @type {WebAssembly.Memory} */ (exports.memory);
const dots =
  /** @type {(vectors: number, count: number, dim: number, vector: number, out: number) => void} */ (
    exports.dots
  );

/** @type {Float32Array | null} what lies in WebAssembly's memory, from 0 on: it is asked for again */
let placed = null;

/**
 * @param {Float32Array} vectors `[count, dim]`, never changed
 * @param {Float32Array} vector `[dim]`
 * @param {[number, number]} [span] of the vectors to multiply, all by default
 * @returns {Float32Array} `[count of the span]`
 */
export function dotProducts(vectors, vector, [begin, end] = [0, vectors.length / vector.length]) {
  const dim = vector.length;
  const behind = vectors.byteLength;
  const out = behind + vector.byteLength;
  if (growMemory(memory, out + (end - begin) * 4)) placed = null;
  if (!isSame(placed, vectors)) {
    new Float32Array(memory.buffer, 0, vectors.length).set(vectors);
    placed = vectors;
  }
  new Float32Array(memory.buffer, behind, dim).set(vector);
  dots(begin * dim * 4, end - begin, dim, behind, out);
  return new Float32Array(memory.buffer, out, end - begin).slice();
}

/**
 * @param {Float32Array | null} one
 * @param {Float32Array} other
 * @returns {boolean} whether they are one piece of memory
 */
function isSame(one, other) {
  return (
    one?.buffer === other.buffer &&
    one.byteOffset === other.byteOffset &&
    one.length === other.length
  );
}
