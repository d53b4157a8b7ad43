// The CSV tables that a reader saves have the numbers of the page.

import assert from "node:assert/strict";
import test from "node:test";
import { vectorsTable, weightsTable } from "../../assets/core/export/tensor_table.js";
import { weightsOf } from "../../assets/core/formula/attention.js";
import { keyVector } from "../../assets/core/formula/vectors.js";
import { exportedGoldenPart } from "./exported_golden_part.js";

/**
 * Parse a table without quoted cells.
 * @param {BlobPart[]} parts
 */
async function parse(parts) {
  const text = await new Blob(parts).text();
  return text
    .replace("\uFEFF", "")
    .trimEnd()
    .split("\r\n")
    .map((line) => line.split(","));
}

test("a table of weights names its rows and columns, and numbers read back as float32", async (t) => {
  const part = await exportedGoldenPart(t, [0, [1]]);
  const [header, ...rows] = await parse(weightsTable(part));
  assert.deepEqual(header.slice(0, 5), ["layer", "head", "query", "0 [CLS]", "1 Das"]);
  assert.deepEqual(rows[1].slice(0, 3), ["0", "1", "1 Das"]);
  const weights = weightsOf(part.layers[0].layer, 1, { axis: "query", position: 1 });
  assert.deepEqual(Float32Array.from(rows[1].slice(3).map(Number)), weights);
});

test("a table of vectors names its columns, and numbers read back as float32", async (t) => {
  const part = await exportedGoldenPart(t, [0, [1]]);
  const [header, ...rows] = await parse(vectorsTable(part));
  assert.deepEqual(header.slice(2, 5), ["vector", "token", "0"]);
  const [firstKey] = rows.filter(([, , vector]) => vector === "key");
  const vector = keyVector(part.layers[0].layer, 1, 0);
  assert.deepEqual(Float32Array.from(firstKey.slice(4).map(Number)), vector);
});

test("a table contains only the attention part", async (t) => {
  const part = await exportedGoldenPart(t, [0, [0]]);
  part.attentionPart = { ...part.attentionPart, queries: [1, 3], keys: [2, 6] };
  const [header, ...rows] = await parse(weightsTable(part));
  assert.deepEqual([header.length, rows.length], [3 + 4, 2]);
});

test("a token with commas, quotes or line breaks is quoted, and none begins a formula", async (t) => {
  const part = await exportedGoldenPart(t, [0, [0]]);
  const token = part.trace.manifest.source[1];
  token.text = 'a,"b"\n';
  assert.match(await new Blob(weightsTable(part)).text(), /"1 a,""b"""/);
  token.text = "=1+1";
  assert.doesNotMatch(await new Blob(weightsTable(part)).text(), /(^|,)=/m);
});

test("the error for a part that is too large says what to do", async (t) => {
  const part = await exportedGoldenPart(t, [0, [0]]);
  part.attentionPart = { ...part.attentionPart, queries: [0, 3000], keys: [0, 3000] };
  assert.throws(
    () => weightsTable(part),
    /^Error: These are too many numbers for one file. Show fewer/,
  );
});
