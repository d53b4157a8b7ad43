// The safetensors files that a reader saves have the numbers of the page.

import assert from "node:assert/strict";
import test from "node:test";
import { decodeSafetensors } from "../../assets/core/data/safetensors.js";
import { vectorsFile, weightsFile } from "../../assets/core/export/tensor_file.js";
import { weightsOf } from "../../assets/core/formula/attention.js";
import { keyVector, queryVector } from "../../assets/core/formula/vectors.js";
import { exportedGoldenPart } from "./exported_golden_part.js";

/** @param {BlobPart[]} parts */
const decode = async (parts) => decodeSafetensors(await new Blob(parts).arrayBuffer());

test("weights of layers with the same heads are one tensor", async (t) => {
  const part = await exportedGoldenPart(t, [0, [0, 1]], [2, [0, 1]]);
  const tensors = await decode(weightsFile(part));
  const { num_queries, num_keys } = part.layers[0].layer;
  const { shape, data } = /** @type {any} */ (tensors.get("encoder"));
  assert.deepEqual(shape, [2, 2, num_queries, num_keys]);
  const row = weightsOf(part.layers[1].layer, 1, { axis: "query", position: 3 });
  assert.deepEqual(data.subarray((3 * num_queries + 3) * num_keys).slice(0, num_keys), row);
});

test("layers with different heads have one tensor each", async (t) => {
  const part = await exportedGoldenPart(t, [0, [1]], [2, [0, 1]]);
  const tensors = await decode(weightsFile(part));
  assert.deepEqual([...tensors.keys()], ["encoder.0", "encoder.2"]);
  assert.deepEqual(tensors.get("encoder.0")?.shape.slice(0, 1), [1]);
  assert.deepEqual(tensors.get("encoder.2")?.shape.slice(0, 1), [2]);
});

test("a file contains only the attention part", async (t) => {
  const part = await exportedGoldenPart(t, [0, [0]]);
  part.attentionPart = { ...part.attentionPart, queries: [1, 3], keys: [2, 6] };
  const tensors = await decode(weightsFile(part));
  assert.deepEqual(tensors.get("encoder")?.shape, [1, 1, 2, 4]);
  const row = weightsOf(part.layers[0].layer, 0, { axis: "query", position: 1 });
  assert.deepEqual(tensors.get("encoder")?.data.slice(0, 4), row.slice(2, 6));
});

test("a file of vectors has the query and key vectors of a head that shares its key head", async (t) => {
  const part = await exportedGoldenPart(t, [0, [1]]);
  const tensors = await decode(vectorsFile(part));
  const { layer } = part.layers[0];
  const { head_dim } = layer;
  const query = tensors.get("encoder.0.query")?.data;
  const key = tensors.get("encoder.0.key")?.data;
  assert.deepEqual(query?.slice(2 * head_dim, 3 * head_dim), queryVector(layer, 1, 2));
  assert.deepEqual(key?.slice(4 * head_dim, 5 * head_dim), keyVector(layer, 1, 4));
});

test("a file names the interventions of its pass", async (t) => {
  const part = await exportedGoldenPart(t, [0, [0]]);
  const words = "Layer 0, Head 3 off";
  const interventions = [{ spelling: "zero encoder L0H3", words }];
  part.trace.manifest.intervened = { interventions, replaced: {} };
  for (const write of [weightsFile, vectorsFile]) {
    const { interventions, compared_with } = await metadataOf(write(part));
    assert.deepEqual(JSON.parse(interventions), [words]);
    assert.equal(compared_with, undefined);
  }
});

test("a file names the run that its pass is compared with", async (t) => {
  const part = await exportedGoldenPart(t, [0, [0]]);
  const { manifest } = part.trace;
  manifest.compared = /** @type {any} */ ({ differs: ["interventions"], other: manifest });
  for (const write of [weightsFile, vectorsFile]) {
    const { compared_with } = await metadataOf(write(part));
    assert.equal(compared_with, "the run without interventions");
  }
});

/** @param {BlobPart[]} parts of a file */
async function metadataOf(parts) {
  const buffer = await new Blob(parts).arrayBuffer();
  const length = Number(new DataView(buffer).getBigUint64(0, true));
  return JSON.parse(new TextDecoder().decode(buffer.slice(8, 8 + length))).__metadata__;
}
