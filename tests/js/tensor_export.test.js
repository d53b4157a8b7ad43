// The numbers behind a picture: what is written is what the page shows.

import assert from "node:assert/strict";
import test from "node:test";
import { decodeSafetensors } from "../../assets/core/data/safetensors.js";
import {
  vectorsFile,
  vectorsTable,
  weightsFile,
  weightsTable,
} from "../../assets/core/export/tensor_export.js";
import { weightsOf } from "../../assets/core/formula/attention.js";
import { keyVector, queryVector } from "../../assets/core/formula/vectors.js";
import { attentionPartsOf } from "../../assets/core/state/attention_part.js";
import { goldenTrace } from "./golden.js";

/**
 * What of the golden trace's encoder is on view.
 * @param {import("node:test").TestContext} t
 * @param {[layer: number, heads: number[]][]} cells
 */
async function onView(t, ...cells) {
  const trace = await goldenTrace(t);
  const layers = await Promise.all(
    cells.map(async ([layer, heads]) => ({ layer: await trace.layer("encoder", layer), heads })),
  );
  return { trace, attentionPart: attentionPartsOf(trace)[0], layers };
}

/** @param {BlobPart[]} parts */
const readFile = async (parts) => decodeSafetensors(await new Blob(parts).arrayBuffer());

/** @param {BlobPart[]} parts */
async function readTable(parts) {
  const text = await new Blob(parts).text();
  return text
    .replace("\uFEFF", "")
    .trimEnd()
    .split("\r\n")
    .map((line) => line.split(","));
}

test("weights of layers with the same heads are one tensor", async (t) => {
  const shown = await onView(t, [0, [0, 1]], [2, [0, 1]]);
  const tensors = await readFile(weightsFile(shown));
  const { num_queries, num_keys } = shown.layers[0].layer;
  const { shape, data } = /** @type {any} */ (tensors.get("encoder"));
  assert.deepEqual(shape, [2, 2, num_queries, num_keys]);
  const row = weightsOf(shown.layers[1].layer, 1, { axis: "query", position: 3 });
  assert.deepEqual(data.subarray((3 * num_queries + 3) * num_keys).slice(0, num_keys), row);
});

test("layers with other heads have a tensor each", async (t) => {
  const shown = await onView(t, [0, [1]], [2, [0, 1]]);
  const tensors = await readFile(weightsFile(shown));
  assert.deepEqual([...tensors.keys()], ["encoder.0", "encoder.2"]);
  assert.deepEqual(tensors.get("encoder.0")?.shape.slice(0, 1), [1]);
  assert.deepEqual(tensors.get("encoder.2")?.shape.slice(0, 1), [2]);
});

test("only the part on view is written", async (t) => {
  const shown = await onView(t, [0, [0]]);
  shown.attentionPart = { ...shown.attentionPart, queries: [1, 3], keys: [2, 6] };
  const tensors = await readFile(weightsFile(shown));
  assert.deepEqual(tensors.get("encoder")?.shape, [1, 1, 2, 4]);
  const row = weightsOf(shown.layers[0].layer, 0, { axis: "query", position: 1 });
  assert.deepEqual(tensors.get("encoder")?.data.slice(0, 4), row.slice(2, 6));
  assert.equal((await readTable(weightsTable(shown))).length, 3);
});

test("query and key vectors are those of the head, shared key heads included", async (t) => {
  const shown = await onView(t, [0, [1]]);
  const tensors = await readFile(vectorsFile(shown));
  const { layer } = shown.layers[0];
  const { head_dim } = layer;
  const query = tensors.get("encoder.0.query")?.data;
  const key = tensors.get("encoder.0.key")?.data;
  assert.deepEqual(query?.slice(2 * head_dim, 3 * head_dim), queryVector(layer, 1, 2));
  assert.deepEqual(key?.slice(4 * head_dim, 5 * head_dim), keyVector(layer, 1, 4));
});

test("a table names its rows and columns, and its numbers read back as float32", async (t) => {
  const shown = await onView(t, [0, [1]]);
  const { layer } = shown.layers[0];
  const [head, ...rows] = await readTable(weightsTable(shown));
  assert.deepEqual(head.slice(0, 5), ["layer", "head", "query", "0 [CLS]", "1 Das"]);
  assert.deepEqual(rows[1].slice(0, 3), ["0", "1", "1 Das"]);
  const row = weightsOf(layer, 1, { axis: "query", position: 1 });
  assert.deepEqual(Float32Array.from(rows[1].slice(3).map(Number)), row);
  const [vectorHead, ...vectors] = await readTable(vectorsTable(shown));
  assert.deepEqual(vectorHead.slice(2, 5), ["vector", "token", "0"]);
  const [first] = vectors.filter(([, , vector]) => vector === "key");
  assert.deepEqual(Float32Array.from(first.slice(4).map(Number)), keyVector(layer, 1, 0));
});

test("a token that looks like a formula or like a table is a name", async (t) => {
  const shown = await onView(t, [0, [0]]);
  for (const text of ["=1+1", 'a,"b"\n']) shown.trace.manifest.source[1].text = text;
  const written = await new Blob(weightsTable(shown)).text();
  assert.match(written, /"1 a,""b"""/);
  shown.trace.manifest.source[1].text = "=1+1";
  assert.doesNotMatch(await new Blob(weightsTable(shown)).text(), /(^|,)=/m);
});

test("what is too much for one file is refused with what to do", async (t) => {
  const shown = await onView(t, [0, [0]]);
  shown.attentionPart = { ...shown.attentionPart, queries: [0, 3000], keys: [0, 3000] };
  assert.throws(() => weightsTable(shown), /^Error: That is too much for one file. Show fewer/);
});
