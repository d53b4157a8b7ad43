// What a trace returns for its components, layers and overviews.

import assert from "node:assert/strict";
import test from "node:test";
import { goldenTrace, serveGolden } from "./golden.js";

test("a trace has the manifest's model, tokens and components", async (t) => {
  const { manifest } = await goldenTrace(t);
  assert.deepEqual(manifest.model, { model_id: "golden/model", revision: "0123abc" });
  assert.equal(manifest.source[3].text, "😀");
  assert.deepEqual(manifest.source[3].part, [1, 2]);
  assert.deepEqual(
    manifest.components.map(({ component }) => component),
    ["encoder", "decoder", "cross"],
  );
});

test("a component has the tokens of its query axis and its key axis", async (t) => {
  const trace = await goldenTrace(t);
  const { source, target } = trace.manifest;
  assert.deepEqual([trace.queryTokens("encoder"), trace.keyTokens("encoder")], [source, source]);
  assert.deepEqual([trace.queryTokens("decoder"), trace.keyTokens("decoder")], [target, target]);
  assert.deepEqual([trace.queryTokens("cross"), trace.keyTokens("cross")], [target, source]);
});

test("a layer is found by its number in the model, with terms of manifest and file", async (t) => {
  const layer = await (await goldenTrace(t)).layer("encoder", 2);
  assert.deepEqual(
    [layer.layer, layer.num_heads, layer.num_key_value_heads, layer.head_dim, layer.scaling],
    [2, 4, 4, 3, 0.25],
  );
  assert.deepEqual([layer.num_queries, layer.num_keys], [7, 7]);
  assert.deepEqual(layer.allowed?.shape, [4, 7, 7]);
  assert.deepEqual(layer.bias?.shape, [1, 7, 7]);
  assert.equal(layer.sink?.length, 4);
  assert.equal(layer.bias_by_distance, undefined);
});

test("a tensor that a layer does not have is undefined, and a number is null", async (t) => {
  const layer = await (await goldenTrace(t)).layer("cross", 0);
  assert.deepEqual(
    [layer.allowed, layer.bias, layer.bias_by_key, layer.bias_by_distance, layer.sink],
    Array(5).fill(undefined),
  );
  assert.deepEqual([layer.softcap, layer.reach, layer.rotation], [null, null, null]);
});

test("a layer has its queries' reach and its rotation", async (t) => {
  const trace = await goldenTrace(t);
  const encoder = await trace.layer("encoder", 3);
  assert.deepEqual(encoder.reach, { before: 2, after: 2 });
  assert.deepEqual(encoder.rotation, { start: 0, size: 2, interleaved: true });
  assert.equal(encoder.allowed, undefined);
  assert.deepEqual(encoder.bias_by_key?.shape, [4, 7]);
  const decoder = await trace.layer("decoder", 0);
  assert.deepEqual(decoder.reach, { before: null, after: 0 });
});

test("a layer has the weights that the model reported for some queries", async (t) => {
  const trace = await goldenTrace(t);
  const layer = await trace.layer("cross", 0);
  assert.deepEqual([...(layer.model_queries ?? [])], [1, 4]);
  assert.deepEqual(layer.model_weights?.shape, [4, 2, 7]);
  assert.equal((await trace.layer("cross", 1)).model_weights, undefined);
});

test("an overview has an element for each pair of bins", async (t) => {
  const trace = await goldenTrace(t);
  assert.deepEqual((await trace.overview("encoder", 2)).shape, [4, 7, 7]);
  assert.deepEqual((await trace.overview("cross", 0)).shape, [4, 5, 7]);
  assert.notDeepEqual(await trace.overview("encoder", 2), await trace.overview("encoder", 3));
  assert.deepEqual([trace.component("cross").query_bin, trace.component("cross").key_bin], [1, 1]);
});

test("the error for a missing component or layer names it", async (t) => {
  const trace = await goldenTrace(t);
  assert.throws(() => trace.component("self"), { message: "this result has no self attention" });
  const none = { message: "layer 1 has no encoder attention" };
  await assert.rejects(trace.layer("encoder", 1), none);
  await assert.rejects(trace.overview("encoder", 1), none);
  await assert.rejects(trace.scores("encoder", 1), none);
});

test("the layers before and after the current one are prefetched, unless it is aborted", async (t) => {
  const trace = await goldenTrace(t);
  const requests = serveGolden(t);
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const reader = new AbortController();
  trace.prefetch("decoder", 3, reader.signal);
  reader.abort();
  trace.prefetch("encoder", 2, new AbortController().signal);
  assert.deepEqual(requests, []);
  t.mock.timers.tick(1000);
  assert.deepEqual(requests, ["encoder-3.safetensors", "encoder-0.safetensors"]);
});

test("the predictions list tokens, and how likely the text's own token is", async (t) => {
  const trace = await goldenTrace(t);
  assert.deepEqual(trace.manifest.predictions, {
    file: "predictions.safetensors",
    tokens: "target",
    offset: 1,
  });
  const predictions = await trace.predictions();
  assert.deepEqual(predictions?.at(1), {
    listed: [
      { text: "ðŁ", vocabulary: "ðŁ", probability: 0.75 },
      { text: "end", vocabulary: "end", probability: 0.125 },
    ],
    actual: { rank: 3, logProbability: -4.5 },
  });
  assert.deepEqual(predictions?.at(4).listed[0], {
    text: "The",
    vocabulary: "▁The",
    probability: 0.25,
  });
  assert.equal(predictions?.at(4).actual, null);
});
