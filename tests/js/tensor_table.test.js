// The CSV tables that a reader saves have the numbers of the page.

import assert from "node:assert/strict";
import test from "node:test";
import {
  longWeightsTable,
  vectorsTable,
  weightsTable,
} from "../../assets/core/export/tensor_table.js";
import { logWeightsOf, weightsOf } from "../../assets/core/formula/attention.js";
import { keyVector } from "../../assets/core/formula/vectors.js";
import { exportedGoldenPart } from "./exported_golden_part.js";

/**
 * Return the lines of a table.
 * @param {BlobPart[]} parts
 * @returns {Promise<{comments: string[], lines: string[]}>}
 */
async function read(parts) {
  const text = await new Blob(parts).text();
  // Node's decoder removes the byte order mark of a text.
  const all = text.replace("\uFEFF", "").trimEnd().split("\r\n");
  const first = all.findIndex((line) => !line.startsWith("#"));
  return { comments: all.slice(0, first), lines: all.slice(first) };
}

/**
 * Parse a table without quoted cells.
 * @param {BlobPart[]} parts
 */
async function parse(parts) {
  return (await read(parts)).lines.map((line) => line.split(","));
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

test("comments name the model, the commit, the texts and the attention part", async (t) => {
  const part = await exportedGoldenPart(t, [0, [0]]);
  const { manifest } = part.trace;
  manifest.model = { ...manifest.model, model_id: "=1,+1", revision: "0123abc" };
  const names = ["text A", "text B", "text Target", "attention"];
  for (const table of [weightsTable, longWeightsTable, vectorsTable]) {
    const { comments } = await read(table(part));
    // A quoted cell is one cell, and an apostrophe keeps it from being a formula.
    assert.deepEqual(comments.slice(0, 2), ['# model,"\'=1,+1"', '# commit,"0123abc"']);
    assert.deepEqual(
      comments.slice(2).map((line) => line.slice(2).split(",")[0]),
      names,
    );
  }
});

test("a line break in a text does not end its comment", async (t) => {
  const part = await exportedGoldenPart(t, [0, [0]]);
  part.trace.manifest.source[1].text = 'one\r\n"two"\n';
  const { comments } = await read(weightsTable(part));
  assert.match(comments.join("\n"), /^# text A,"one ""two"" /m);
});

test("a long table has a row for each weight, with positions and tokens", async (t) => {
  const part = await exportedGoldenPart(t, [0, [1, 2]]);
  part.attentionPart = { ...part.attentionPart, queries: [1, 3], keys: [2, 6] };
  const [header, ...rows] = await parse(longWeightsTable(part));
  assert.equal(header.join(), "layer,head,query_position,query,key_position,key,weight");
  assert.equal(rows.length, 2 * 2 * 4);
  assert.deepEqual(rows[5].slice(0, 6), ["0", "1", "2", "é", "3", "😀 1/2"]);
  const weights = weightsOf(part.layers[0].layer, 1, { axis: "query", position: 2 });
  assert.equal(Math.fround(Number(rows[5][6])), weights[3]);
});

test("no token of a long table begins a formula or a comment", async (t) => {
  const part = await exportedGoldenPart(t, [0, [0]]);
  const tokens = part.trace.manifest.source;
  for (const [index, text] of ["=1", "+1", "-1", "@A1", "#one"].entries()) {
    Object.assign(tokens[index], { text, part: [1, 1] });
  }
  const { lines } = await read(longWeightsTable(part));
  const keys = lines.slice(1, 6).map((line) => line.split(",")[5]);
  assert.deepEqual(keys, ["'=1", "'+1", "'-1", "'@A1", '"#one"']);
});

test("where the view shows a mean, a table has the mean of the heads", async (t) => {
  const part = { ...(await exportedGoldenPart(t, [0, [1, 3]])), mean: true };
  const { comments } = await read(weightsTable(part));
  assert.equal(comments.at(-1), '# mean,"heads 1 and 3"');
  const [, ...rows] = await parse(weightsTable(part));
  const { layer } = part.layers[0];
  const query = { axis: "query", position: 2 };
  const [one, other] = [1, 3].map((head) => [...logWeightsOf(layer, head, query)].map(Math.exp));
  assert.deepEqual(rows[2].slice(0, 3), ["0", "mean", "2 é"]);
  const means = one.map((weight, key) => (weight + other[key]) / 2);
  assert.deepEqual(
    rows[2].slice(3).map((text) => Math.fround(text)),
    means.map(Math.fround),
  );
  const long = await parse(longWeightsTable(part));
  assert.equal(long.length, 1 + rows.length ** 2);
  assert.deepEqual(new Set(long.slice(1).map(([, head]) => head)), new Set(["mean"]));
});

test("a long table has at most as many rows as a spreadsheet shows", async (t) => {
  const part = await exportedGoldenPart(t, [0, [0]]);
  part.attentionPart = { ...part.attentionPart, queries: [0, 1001], keys: [0, 1000] };
  assert.throws(
    () => longWeightsTable(part),
    /^Error: These are too many numbers for one file. Show fewer/,
  );
});
