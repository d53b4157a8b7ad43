// The files of a result that a stand-alone page contains.

import assert from "node:assert/strict";
import test from "node:test";
import { Trace } from "../../assets/core/data/trace.js";
import { embeddedFiles } from "../../assets/core/export/embedded_files.js";

/**
 * A trace of 12 layers with 12 heads of 64 dimensions.
 * @param {number} tokens
 */
function traceOf(tokens) {
  const layers = Array.from({ length: 12 }, (_, layer) => ({
    layer,
    file: `layer-${layer}`,
    num_heads: 12,
    num_key_value_heads: 12,
    head_dim: 64,
  }));
  const overviews = [{ file: "overview", layers: layers.map(({ layer }) => layer) }];
  const scores = [{ file: "scores", layers: layers.map(({ layer }) => layer) }];
  const component = { component: "self", query_tokens: "source", key_tokens: "source" };
  const manifest = {
    source: Array(tokens).fill({}),
    components: [{ ...component, layers, overviews, scores }],
    predictions: { file: "predictions", tokens: "source", offset: 1 },
  };
  return new Trace(/** @type {any} */ (manifest), () =>
    assert.fail("a test without files read one"),
  );
}

const ALL = Array.from({ length: 12 }, (_, layer) => `layer-${layer}`);
const EVERY = [...Array(12).keys()];

test("a page of a short text contains all files, whatever is in the view", () => {
  assert.deepEqual(embeddedFiles("head", traceOf(100), "self", [3]), [
    "overview",
    "scores",
    ...ALL,
    "predictions",
  ]);
});

test("a page of a long text contains the layer in the view", () => {
  assert.deepEqual(embeddedFiles("head", traceOf(1000), "self", [3]), ["layer-3", "predictions"]);
  assert.deepEqual(embeddedFiles("model", traceOf(1000), "self", [3]), [
    "overview",
    "scores",
    "layer-3",
    "predictions",
  ]);
});

test("a page of all heads of a very long text contains the overviews, the scores and the predictions", () => {
  assert.deepEqual(embeddedFiles("model", traceOf(4000), "self", EVERY), [
    "overview",
    "scores",
    "predictions",
  ]);
});

test("a page of a result without predictions contains no file of them", () => {
  const trace = traceOf(1000);
  trace.manifest.predictions = { reason: "The model predicts no tokens." };
  assert.deepEqual(embeddedFiles("head", trace, "self", [3]), ["layer-3"]);
});

/**
 * Return a trace that is compared with another run of as many tokens.
 * @param {number} tokens
 * @param {number[]} layers of the other run
 * @param {object} [more] fields of the other manifest
 */
function comparedTrace(tokens, layers, more = {}) {
  const { manifest } = traceOf(tokens);
  const [component] = manifest.components;
  const others = layers.map((layer) => ({ ...component.layers[layer], file: `other-${layer}` }));
  const other = {
    ...manifest,
    components: [{ ...component, layers: others, overviews: [], scores: [] }],
    predictions: { file: "other-predictions", tokens: "source", offset: 1 },
    ...more,
  };
  const compared = { differs: ["model"], source: [], target: null, changes: "changes", other };
  return new Trace({ ...manifest, compared }, () => assert.fail("a test without files read one"));
}

test("a page of a comparison contains the same layer of both runs, and their predictions", () => {
  const names = embeddedFiles("head", comparedTrace(1000, EVERY), "self", [3], "");
  const both = ["predictions", "other-predictions", "changes"];
  assert.deepEqual(names, ["layer-3", "other-3", ...both]);
  const shorter = comparedTrace(1000, [0, 1, 2]);
  assert.deepEqual(embeddedFiles("head", shorter, "self", [3], ""), ["layer-3", ...both]);
  const all = embeddedFiles("head", comparedTrace(50, EVERY), "self", [3], "");
  const others = EVERY.map((layer) => `other-${layer}`);
  assert.deepEqual(all, ["overview", "scores", ...ALL, ...others, ...both]);
});

test("the layers of both runs count for the size of a page", () => {
  assert.equal(embeddedFiles("head", traceOf(200), "self", [3], "").length, 15);
  const names = embeddedFiles("head", comparedTrace(200, EVERY), "self", [3], "");
  assert.deepEqual(names.slice(0, 2), ["layer-3", "other-3"]);
});

test("a page of a comparison contains no file of predictions that are not known", () => {
  const trace = comparedTrace(1000, EVERY, { predictions: { reason: "No predictions." } });
  trace.manifest.compared.changes = null;
  assert.deepEqual(embeddedFiles("head", trace, "self", [3], ""), [
    "layer-3",
    "other-3",
    "predictions",
  ]);
});

test("the error for a layer that is too large says what to do", () => {
  assert.throws(() => embeddedFiles("head", traceOf(40_000), "self", [0]), /Shorten the text\.$/);
});
