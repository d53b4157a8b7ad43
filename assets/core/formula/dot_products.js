// Dot products of one vector with many. They limit how long a text can be. WebAssembly computes them
// about ten times as fast as JavaScript.

import ASSEMBLED from "./dot_products_wat.js";
import { growMemory, instantiate } from "./wasm.js";

/**
 * Returns the dot products of `vector` with the vectors from `begin` to before `end`, as a copy.
 * @typedef {(vectors: Float32Array, vector: Float32Array, begin: number, end: number) => Float32Array
 *   } ProductsOfRange
 */

/** @type {ProductsOfRange | null} chosen by the first call of `dotProducts` */
let productsOfRange = null;

/**
 * Return the dot products of one vector with many.
 * @param {Float32Array} vectors `[count, dim]`; the data must never change
 * @param {Float32Array} vector `[dim]`
 * @param {[number, number]} [range] the vectors to multiply, from the first to before the last; all by
 *   default
 * @returns {Float32Array} `[end - begin]`, a copy
 */
export function dotProducts(vectors, vector, [begin, end] = [0, vectors.length / vector.length]) {
  productsOfRange ??= createSimdProducts() ?? scalarProducts;
  return productsOfRange(vectors, vector, begin, end);
}

/** @type {ProductsOfRange} */
function scalarProducts(vectors, vector, begin, end) {
  const dim = vector.length;
  return Float32Array.from({ length: end - begin }, (_, index) => {
    let product = 0;
    for (let at = 0, other = (begin + index) * dim; at < dim; at++, other++) {
      product += vector[at] * vectors[other];
    }
    return product;
  });
}

/**
 * @returns {ProductsOfRange | null} a function that uses WebAssembly; null if that is not available
 */
function createSimdProducts() {
  const exports = instantiate(ASSEMBLED);
  if (!exports) return null;
  const memory = /** @type {WebAssembly.Memory} */ (exports.memory);
  const dots =
    /** @type {(vectors: number, count: number, dim: number, vector: number, out: number) => void} */ (
      exports.dots
    );
  // The vectors that are already at address 0: successive calls often use the same ones.
  /** @type {Float32Array | null} */
  let copied = null;
  return (vectors, vector, begin, end) => {
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
  };
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
