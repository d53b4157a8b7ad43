// A browser that blocks WebAssembly: the modules use JavaScript instead.

import assert from "node:assert/strict";
import test from "node:test";

// Both modules choose at the first call, and Node runs each test file in a process of its own.
Reflect.deleteProperty(globalThis, "WebAssembly");
const { dotProducts } = await import("../../assets/core/formula/dot_products.js");
const { giveBackRaster, takeRaster } = await import("../../assets/drawing/raster_pool.js");
const { createSimdKernel } = await import("../../assets/drawing/simd_kernel.js");

test("there is no WebAssembly kernel", () => {
  assert.equal(createSimdKernel(), null);
});

test("dot products are exact", () => {
  for (const dim of [1, 4, 7, 64]) {
    // Products and sums of multiples of 1/16 are exact in float32.
    const vectors = Float32Array.from({ length: 9 * dim }, (_, at) => (((at * 29) % 65) - 32) / 16);
    const vector = vectors.slice(2 * dim, 3 * dim);
    const expected = Array.from({ length: 9 }, (_, row) =>
      vector.reduce((sum, number, at) => sum + number * vectors[row * dim + at], 0),
    );
    assert.deepEqual([...dotProducts(vectors, vector)], expected);
    assert.deepEqual([...dotProducts(vectors, vector, [3, 8])], expected.slice(3, 8));
    assert.deepEqual([...dotProducts(vectors, vector, [4, 4])], []);
  }
});

test("lines are drawn", () => {
  const raster = takeRaster();
  raster.start(10, 6, { r: 255, g: 255, b: 255 });
  raster.stroke(2, 3, 8, 3, 2, 0.5);
  raster.composite({ r: 0, g: 0, b: 0 });
  const { bytes, stride } = raster.round();
  const reds = Array.from({ length: 10 }, (_, column) => bytes[4 * (2 * stride + column)]);
  assert.deepEqual(reds, [255, 255, 128, 128, 128, 128, 128, 128, 255, 255]);
  giveBackRaster(raster);
});
