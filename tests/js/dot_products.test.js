// Dot products in WebAssembly; without_webassembly.test.js tests those in JavaScript.

import assert from "node:assert/strict";
import test from "node:test";
import { dotProducts } from "../../assets/core/formula/dot_products.js";

/**
 * Vectors of multiples of 1/16: their products and sums are exact in float32, in any order.
 * @param {number} count
 * @param {number} dim
 */
function vectorsOf(count, dim) {
  return Float32Array.from({ length: count * dim }, (_, at) => (((at * 29) % 65) - 32) / 16);
}

/**
 * @param {Float32Array} vectors
 * @param {Float32Array} vector
 */
function plainProducts(vectors, vector) {
  const dim = vector.length;
  return Array.from({ length: vectors.length / dim }, (_, row) =>
    vector.reduce((sum, number, at) => sum + number * vectors[row * dim + at], 0),
  );
}

for (const dim of [1, 3, 4, 7, 32, 64, 80, 129]) {
  test(`vectors of ${dim} elements have exact dot products`, () => {
    const vectors = vectorsOf(9, dim);
    const vector = vectorsOf(2, dim).subarray(dim);
    assert.deepEqual([...dotProducts(vectors, vector)], plainProducts(vectors, vector));
  });
}

test("a range of the vectors is multiplied alone", () => {
  const vectors = vectorsOf(9, 6);
  const vector = vectors.subarray(12, 18);
  const all = plainProducts(vectors, vector);
  assert.deepEqual([...dotProducts(vectors, vector, [3, 8])], all.slice(3, 8));
  assert.deepEqual([...dotProducts(vectors, vector, [4, 4])], []);
});

test("different views of one buffer, larger and smaller, have their own products", () => {
  const file = vectorsOf(60_000, 4);
  const vector = Float32Array.of(1, -2, 0.5, 3);
  for (const [begin, end] of [
    [0, 40],
    [4, 44],
    [0, 240_000],
    [0, 44],
  ]) {
    const vectors = file.subarray(begin, end);
    assert.deepEqual([...dotProducts(vectors, vector)], plainProducts(vectors, vector));
  }
});

test("a later call does not change an earlier result", () => {
  const vectors = vectorsOf(5, 4);
  const first = dotProducts(vectors, vectors.subarray(0, 4));
  const kept = [...first];
  dotProducts(vectors, vectors.subarray(4, 8));
  assert.deepEqual([...first], kept);
});
