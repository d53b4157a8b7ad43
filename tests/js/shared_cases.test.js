// JavaScript passes the cases that tests/unit/test_shared_cases.py passes in Python, and answers the
// generated cases as Python did (tests/unit/shared_cases.py).

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { filterText, parseFilter } from "../../assets/core/data/filter.js";
import { decodeSafetensors, encodeSafetensors } from "../../assets/core/data/safetensors.js";
import { Trace } from "../../assets/core/data/trace.js";
import { tokensOfUnit, unitsOf } from "../../assets/core/data/units.js";
import { vectorsFile, weightsFile } from "../../assets/core/export/tensor_file.js";
import { componentFilter, FilteredWeights } from "../../assets/core/formula/filtered_weights.js";
import { pageLength, picturePage } from "../../assets/core/geometry/picture_page.js";
import { rowsOf } from "../../assets/core/geometry/rows.js";
import { attentionPartsOf } from "../../assets/core/state/attention_part.js";
import { linkParameters, selectionFromLink } from "../../assets/core/state/link.js";
import { NOTHING_CHOSEN } from "../../assets/core/state/selection.js";
import { rankWeights } from "../../assets/core/state/weight_ranking.js";
import { captionOf, numbersInWords } from "../../assets/core/text/caption.js";
import { filterInWords } from "../../assets/core/text/filter_in_words.js";
import { labelOf, labelOfRow } from "../../assets/core/text/label.js";
import { weightScaleText } from "../../assets/core/text/weight_scale.js";
import { goldenTrace, readGolden } from "./golden.js";

const FOLDER = new URL("../fixtures/shared_cases/", import.meta.url);

/**
 * Test each case of a file, generated ones included.
 * @param {string} file
 * @param {(fields: any, t: import("node:test").TestContext) => unknown} check
 */
async function testCases(file, check) {
  const { cases, generated = [] } = JSON.parse(
    await readFile(new URL(`${file}.json`, FOLDER), "utf8"),
  );
  for (const each of [...cases, ...generated]) {
    test(`${file}: ${each.name}`, (t) => check(each, t));
  }
}

/**
 * A text of a case, which can be written as pieces with how often each is repeated.
 * @param {string | [string, number][]} value
 * @returns {string}
 */
function textOf(value) {
  if (typeof value === "string") return value;
  return value.map(([piece, times]) => piece.repeat(times)).join("");
}

/**
 * @param {string} text
 * @param {object} fields that differ from those of a token of segment A
 * @returns {import("../../assets/core/data/wire.js").Token}
 */
function tokenOf(text, fields) {
  const token = { text, vocabulary: text, token_id: 1, start: 0, end: text.length };
  return { ...token, segment: "A", special: false, part: [1, 1], ...fields };
}

/**
 * One token for each letter: A or B of a segment, any other letter a special token.
 * @param {string} letters
 */
function segmentTokens(letters) {
  return [...letters].map((letter) => {
    const segment = /** @type {"A" | "B" | null} */ (/[AB]/.test(letter) ? letter : null);
    return tokenOf(letter, { segment, special: segment === null });
  });
}

/** @param {[string, number, number, string | null][]} pieces */
function pieceTokens(pieces) {
  return pieces.map(([text, start, end, segment]) =>
    tokenOf(text, { start, end, segment, special: segment === null }),
  );
}

await testCases("token_labels", ({ text, part, label, row_label }) => {
  const token = tokenOf(textOf(text), { part });
  assert.equal(labelOf(token), textOf(label));
  assert.equal(labelOfRow([token, token], 0, 2), textOf(row_label));
  assert.equal(labelOfRow([token, token], 1, 2), textOf(label));
});

await testCases("attention_parts", ({ components, source, target, parts }) => {
  const manifest = /** @type {any} */ ({
    source: segmentTokens(source),
    target: target === null ? null : segmentTokens(target),
    components: components.map((/** @type {string} */ component) => ({
      component,
      query_tokens: ["decoder", "cross"].includes(component) ? "target" : "source",
      key_tokens: component === "decoder" ? "target" : "source",
    })),
  });
  const trace = new Trace(manifest, () => assert.fail("no file is read"));
  assert.deepEqual(attentionPartsOf(trace), parts);
});

await testCases("rows", ({ segments, span, size, edges }) => {
  assert.deepEqual(rowsOf(segmentTokens(segments), span, size).edges, edges);
});

await testCases("bins", ({ num_a, num_b, size, edges }) => {
  const tokens = segmentTokens("A".repeat(num_a) + "B".repeat(num_b));
  assert.deepEqual(rowsOf(tokens, [0, tokens.length], size).edges, edges);
});

await testCases("captions", (fields) => {
  const { model_id, revision, source, target, caption } = fields;
  const { written_from = null, intervened = null, compared = null } = fields;
  const manifest = /** @type {any} */ ({
    model: { model_id, revision },
    source: pieceTokens(source),
    target: target && pieceTokens(target),
    written_from,
    intervened,
    compared: compared && comparedOf(compared, { model_id, revision }),
  });
  assert.deepEqual(captionOf(manifest), caption);
});

/**
 * Return the comparison of a case.
 * @param {any} fields
 * @param {{model_id: string, revision: string}} model of this run
 */
function comparedOf({ differs, model: otherModel, source, target }, model) {
  const [model_id, revision] = otherModel ?? [model.model_id, model.revision];
  const other = {
    model: { model_id, revision },
    source: pieceTokens(source),
    target: target && pieceTokens(target),
  };
  return { differs, other };
}

await testCases("numbers_in_words", ({ noun, numbers, words }) => {
  assert.equal(numbersInWords(noun, numbers), words);
});

await testCases("weight_scales", ({ num_heads, is_mean, text }) => {
  assert.equal(weightScaleText(num_heads, is_mean), text);
});

await testCases("weight_rankings", ({ weights, max, order, sums, total, num_most }) => {
  const ranking = rankWeights(Float32Array.from(weights), max);
  assert.deepEqual(
    ranking.largest.map(({ index }) => index),
    order,
  );
  assert.deepEqual(
    ranking.largest.map(({ sum }) => sum),
    sums,
  );
  assert.deepEqual([ranking.total, ranking.numMost], [total, num_most]);
});

await testCases("words", ({ tokens: pieces, starts, texts }) => {
  const tokens = pieceTokens(pieces);
  const units = unitsOf(tokens, starts);
  assert.deepEqual(
    units.tokens.map(({ text }) => text),
    texts,
  );
  for (const [unit, begin] of starts.entries()) {
    const end = starts[unit + 1] ?? tokens.length;
    assert.deepEqual(tokensOfUnit(units, unit), [begin, end]);
    for (let position = begin; position < end; position++) {
      assert.equal(units.unitOfToken[position], unit);
    }
  }
});

await testCases("filters", ({ text, canonical, segments, target, hidden, words }) => {
  const filter = parseFilter(text);
  assert.equal(filter && filterText(filter), canonical);
  if (!filter) return;
  assert.deepEqual(parseFilter(filterText(filter)), filter);
  const trace = traceOf(segments, target);
  const [{ component }] = trace.manifest.components;
  const found =
    componentFilter(filter, trace, component)?.hidden ?? new Uint8Array(segments.length);
  assert.equal([...found].map((each) => (each ? "x" : ".")).join(""), hidden);
  assert.deepEqual(filterInWords(filter, trace.manifest), words);
});

await testCases("filtered_weights", ({ segments, weights, filter, heads, mean }) => {
  const layer = layerOf(weights);
  const trace = traceOf(segments, null);
  const queries = unitsOf(segmentTokens("A".repeat(weights[0].length)), null);
  const shown = {
    ...parseFilter(filter),
    keys: trace.units("self", false).key,
    hidden: new Uint8Array(segments.length),
    ...componentFilter(parseFilter(filter), trace, "self"),
    queries,
  };
  for (const [head, rows] of heads.entries()) {
    assertWeights(new FilteredWeights(layer, [head], shown), rows);
  }
  assertWeights(new FilteredWeights(layer, [...heads.keys()], shown), mean);
});

/**
 * A trace without layers, with a token for each letter.
 * @param {string} source
 * @param {string | null} target
 */
function traceOf(source, target) {
  const component = target === null ? "self" : "encoder";
  const manifest = /** @type {any} */ ({
    source: segmentTokens(source),
    target: target && segmentTokens(target),
    written_from: null,
    source_words: [...source].map((_, position) => position),
    components: [{ component, query_tokens: "source", key_tokens: "source" }],
  });
  return new Trace(manifest, () => assert.fail("no file is read"));
}

/**
 * A layer without vectors, which has the logarithms of its weights as a bias.
 * @param {number[][][]} weights `[head][query][key]`
 */
function layerOf(weights) {
  const shape = [weights.length, weights[0].length, weights[0][0].length];
  const [num_heads, num_queries, num_keys] = shape;
  return /** @type {any} */ ({
    num_heads,
    num_key_value_heads: num_heads,
    head_dim: 0,
    scaling: 1,
    softcap: null,
    reach: null,
    query: new Float32Array(0),
    key: new Float32Array(0),
    logsumexp: new Float32Array(num_heads * num_queries),
    bias: { shape, data: Float32Array.from(weights.flat(2), Math.log) },
    num_queries,
    num_keys,
  });
}

/**
 * Check the weights of all rows, and of all columns once the rows are known.
 * @param {FilteredWeights} filtered
 * @param {number[][]} expected `[query][key]`
 */
function assertWeights(filtered, expected) {
  for (const [position, row] of expected.entries()) {
    assertClose(filtered.weightsOf({ axis: "query", position }), row);
  }
  for (const position of expected[0].keys()) {
    const column = expected.map((row) => row[position]);
    assertClose(filtered.weightsOf({ axis: "key", position }), column);
  }
}

/**
 * @param {Float32Array} found
 * @param {number[]} expected
 */
function assertClose(found, expected) {
  assert.equal(found.length, expected.length);
  for (const [at, weight] of expected.entries()) {
    assert.ok(Math.abs(found[at] - weight) < 2e-6, `${[...found]} instead of ${expected}`);
  }
}

await testCases("picture_pages", ({ content_width, width, page, length }) => {
  const { contentWidth, ...sizes } = picturePage(content_width, width);
  const computed = { ...sizes, content_width: contentWidth };
  assert.deepEqual(Object.keys(computed).sort(), Object.keys(page).sort());
  for (const [name, value] of Object.entries(computed)) {
    assert.ok(Math.abs(value - page[name]) < 1e-5, name);
  }
  assert.equal(pageLength(computed.width, picturePage(content_width, width), width), length);
});

await testCases("view_links", ({ query, selection, filter = "" }) => {
  const chosen = { ...NOTHING_CHOSEN, ...selection, filter: parseFilter(filter) };
  const read = selectionFromLink(new URLSearchParams(query), NOTHING_CHOSEN);
  assert.deepEqual(read, chosen);
  assert.deepEqual(
    selectionFromLink(new URLSearchParams(linkParameters(read)), NOTHING_CHOSEN),
    chosen,
  );
});

await testCases("tensor_exports", async (fields, t) => {
  const { component, layers, heads, weights, query_key } = fields;
  const trace = await goldenTrace(t);
  const attentionPart = attentionPartsOf(trace).find((part) => part.component === component);
  assert.ok(attentionPart);
  const onView = {
    trace,
    attentionPart,
    axes: trace.units(component, false),
    filter: null,
    layers: await Promise.all(
      layers.map(async (/** @type {number} */ number) => {
        return { layer: await trace.layer(component, number), heads };
      }),
    ),
  };
  for (const [write, expected] of [
    [weightsFile, weights],
    [vectorsFile, query_key],
  ]) {
    const { metadata, tensors } = await readExport(write(onView));
    const shapes = Object.fromEntries([...tensors].map(([name, { shape }]) => [name, shape]));
    assert.deepEqual(shapes, expected.shapes);
    assert.equal(metadata.axes, expected.axes);
    assert.deepEqual(JSON.parse(metadata.layers), { [component]: layers });
    assert.deepEqual(JSON.parse(metadata.heads), expected.heads);
    assert.deepEqual(JSON.parse(metadata.scaling ?? "null"), expected.scaling ?? null);
    for (const { data } of tensors.values()) assert.ok([...data].every(Number.isFinite));
    if (write === weightsFile) await assertGoldenWeights(tensors.get(component)?.data, fields);
  }
});

/** @param {BlobPart[]} parts of a safetensors file */
async function readExport(parts) {
  const buffer = await new Blob(parts).arrayBuffer();
  const length = Number(new DataView(buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  return { metadata: header.__metadata__, tensors: decodeSafetensors(buffer) };
}

/**
 * @param {any} data the weights of all layers and heads, one after another
 * @param {{component: string, layers: number[], heads: number[]}} fields of the case
 */
async function assertGoldenWeights(data, { component, layers, heads }) {
  const golden = decodeSafetensors(await readGolden("weights.safetensors"));
  const expected = layers.flatMap((layer) => {
    const { shape, data } = /** @type {any} */ (golden.get(`${component}-${layer}`));
    const size = shape[1] * shape[2];
    return heads.flatMap((head) => [...data.subarray(head * size, (head + 1) * size)]);
  });
  assert.equal(data.length, expected.length);
  expected.forEach((weight, index) => {
    assert.ok(Math.abs(data[index] - weight) < 1e-5, `weight ${index}`);
  });
}

await testCases("safetensors", async ({ tensors, metadata, header, data }) => {
  const written = new Map(
    Object.entries(tensors).map(([name, { shape, values }]) => {
      return [name, { shape, data: Float32Array.from(values) }];
    }),
  );
  const buffer = await new Blob(encodeSafetensors(written, metadata)).arrayBuffer();
  const length = new TextEncoder().encode(header).length;
  assert.equal(Number(new DataView(buffer).getBigUint64(0, true)), length);
  assert.equal(new TextDecoder().decode(new Uint8Array(buffer, 8, length)), header);
  assert.equal(Buffer.from(buffer, 8 + length).toString("hex"), data);
  assert.deepEqual(decodeSafetensors(buffer), written);
});
