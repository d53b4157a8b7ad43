import assert from "node:assert/strict";
import test from "node:test";
import { decodeSafetensors, encodeSafetensors } from "../../assets/core/data/safetensors.js";
import { readGolden } from "./golden.js";

/**
 * A safetensors file, as its specification describes the format.
 * @param {Record<string, unknown>} header
 * @param {ArrayBufferLike} data
 * @returns {ArrayBuffer}
 */
function fileOf(header, data) {
  let text = JSON.stringify(header);
  text += " ".repeat((8 - (text.length % 8)) % 8); // data begins at a multiple of eight bytes
  const bytes = new Uint8Array(8 + text.length + data.byteLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(new TextEncoder().encode(text), 8);
  bytes.set(new Uint8Array(data), 8 + text.length);
  return bytes.buffer;
}

test("decoding returns numbers, shapes and types as written", () => {
  const data = new ArrayBuffer(24);
  new Float32Array(data, 0, 3).set([1.5, -2, 0.25]);
  new Int32Array(data, 12, 2).set([-7, 70_000]);
  new Uint8Array(data, 20, 3).set([0, 1, 255]);
  const tensors = decodeSafetensors(
    fileOf(
      {
        weights: { dtype: "F32", shape: [1, 3], data_offsets: [0, 12] },
        edges: { dtype: "I32", shape: [2], data_offsets: [12, 20] },
        cells: { dtype: "U8", shape: [3], data_offsets: [20, 23] },
      },
      data,
    ),
  );
  assert.deepEqual([...tensors.keys()], ["weights", "edges", "cells"]);
  assert.deepEqual(tensors.get("weights"), {
    shape: [1, 3],
    data: Float32Array.of(1.5, -2, 0.25),
  });
  assert.deepEqual(tensors.get("edges")?.data, Int32Array.of(-7, 70_000));
  assert.deepEqual(tensors.get("cells")?.data, Uint8Array.of(0, 1, 255));
});

test("metadata is not a tensor", () => {
  const header = {
    __metadata__: { format: "pt" },
    a: { dtype: "U8", shape: [1], data_offsets: [0, 1] },
  };
  assert.deepEqual([...decodeSafetensors(fileOf(header, new ArrayBuffer(8))).keys()], ["a"]);
});

test("decoding does not copy the data", () => {
  const file = fileOf(
    { a: { dtype: "F32", shape: [2], data_offsets: [0, 8] } },
    new ArrayBuffer(8),
  );
  assert.equal(decodeSafetensors(file).get("a")?.data.buffer, file);
});

test("the error for an unknown dtype names the tensor and the dtype", () => {
  const header = { a: { dtype: "BF16", shape: [1], data_offsets: [0, 2] } };
  assert.throws(() => decodeSafetensors(fileOf(header, new ArrayBuffer(8))), {
    message: "tensor a has the unknown dtype BF16",
  });
});

test("a file that is cut off is refused", async () => {
  const whole = await readGolden("encoder-0.safetensors");
  assert.throws(() => decodeSafetensors(whole.slice(0, whole.byteLength - 1)), RangeError);
});

test("a file that Python wrote has Python's numbers", async () => {
  const tensors = decodeSafetensors(await readGolden("encoder-0.safetensors"));
  const shapes = Object.fromEntries([...tensors].map(([name, { shape }]) => [name, shape]));
  assert.deepEqual(shapes, {
    query: [4, 7, 3],
    key: [2, 7, 3],
    bias: [4, 7, 7],
    logsumexp: [4, 7],
    allowed: [1, 7, 7],
  });
  // The numbers of tests/unit/golden.py, in sixteenths: (n * 29 + start * 17) % 65 - 32.
  const numbers = (/** @type {number} */ start, /** @type {number} */ count) =>
    Float32Array.from({ length: count }, (_, n) => (((n * 29 + start * 17) % 65) - 32) / 16);
  assert.deepEqual(tensors.get("query")?.data, numbers(1, 4 * 7 * 3));
  assert.deepEqual(tensors.get("bias")?.data, numbers(3, 4 * 7 * 7));
  const allowed = Uint8Array.from({ length: 49 }, (_, n) => (Math.floor(n / 7) === 3 ? 0 : 1));
  assert.deepEqual(tensors.get("allowed")?.data, allowed);
});

test("encoded tensors are decoded unchanged, with data at multiples of eight bytes", async () => {
  const tensors = new Map([
    ["one", { shape: [2, 1], data: new Float32Array([1.5, -0]) }],
    ["ä", { shape: [3], data: new Uint8Array([1, 2, 255]) }],
  ]);
  const file = new Blob(encodeSafetensors(tensors, { "a key": "a value" }));
  const buffer = await file.arrayBuffer();
  assert.equal(new DataView(buffer).getBigUint64(0, true) % 8n, 0n);
  assert.deepEqual(decodeSafetensors(buffer), tensors);
});
