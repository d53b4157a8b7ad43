// Reading a result from the server: which files are asked for, how often, and what errors say.

import assert from "node:assert/strict";
import test from "node:test";
import { openTrace } from "../../assets/core/trace.js";
import { readGolden, serveGolden } from "./golden.js";

// The module keeps the last results by their address, so every test has one of its own.
let count = 0;
const address = () => `https://space.test/results/${count++}/manifest.json`;

const EXPIRED = { message: "This result has expired. Run again." };

test("a result says its model, its tokens and its components", async (t) => {
  serveGolden(t);
  const { manifest } = await openTrace(address());
  assert.deepEqual(manifest.model, { model_id: "golden/model", revision: "0123abc" });
  assert.equal(manifest.source[3].text, "😀");
  assert.deepEqual(manifest.source[3].part, [1, 2]);
  assert.deepEqual(
    manifest.components.map(({ component }) => component),
    ["encoder", "decoder", "cross"],
  );
});

test("opening a result fetches its manifest and nothing else", async (t) => {
  const asked = serveGolden(t);
  await openTrace(address());
  assert.deepEqual(asked, ["manifest.json"]);
});

test("views that open the same result share it", async (t) => {
  const asked = serveGolden(t);
  const url = address();
  const [one, other] = await Promise.all([openTrace(url), openTrace(url)]);
  assert.equal(one, other);
  assert.equal(await openTrace(url), one);
  assert.deepEqual(asked, ["manifest.json"]);
});

test("each file is fetched once, also when two ask at the same time", async (t) => {
  const asked = serveGolden(t);
  const trace = await openTrace(address());
  const [one, other] = await Promise.all([trace.layer("encoder", 0), trace.layer("encoder", 0)]);
  assert.equal(one, other);
  await trace.layer("encoder", 0);
  await trace.overview("encoder");
  await trace.overview("encoder");
  assert.deepEqual(asked, [
    "manifest.json",
    "encoder-0.safetensors",
    "encoder-overview.safetensors",
  ]);
});

test("files are asked for beside the manifest", async (t) => {
  const urls = /** @type {string[]} */ ([]);
  t.mock.method(globalThis, "fetch", async (/** @type {string} */ url) => {
    urls.push(url);
    return new Response(await readGolden(url.split("/").at(-1) ?? ""));
  });
  const trace = await openTrace("https://space.test/root/gradio_api/file=/tmp/x/manifest.json");
  await trace.layer("cross", 1);
  assert.equal(urls[1], "https://space.test/root/gradio_api/file=/tmp/x/cross-1.safetensors");
});

test("a layer is found by its true number, with the manifest's and the file's terms", async (t) => {
  serveGolden(t);
  const trace = await openTrace(address());
  const layer = await trace.layer("encoder", 2);
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

test("a term that a layer has not is undefined, and a cap null", async (t) => {
  serveGolden(t);
  const layer = await (await openTrace(address())).layer("cross", 0);
  assert.deepEqual(
    [layer.allowed, layer.bias, layer.bias_by_key, layer.bias_by_distance, layer.sink],
    Array(5).fill(undefined),
  );
  assert.deepEqual([layer.softcap, layer.reach, layer.rotation], [null, null, null]);
});

test("a layer says how far its queries see and what turns", async (t) => {
  serveGolden(t);
  const trace = await openTrace(address());
  const encoder = await trace.layer("encoder", 3);
  assert.deepEqual(encoder.reach, { before: 2, after: 2 });
  assert.deepEqual(encoder.rotation, { start: 0, size: 2, interleaved: true });
  assert.equal(encoder.allowed, undefined);
  assert.deepEqual(encoder.bias_by_key?.shape, [4, 7]);
  const decoder = await trace.layer("decoder", 0);
  assert.deepEqual(decoder.reach, { before: null, after: 0 });
});

test("a layer has the model's own weights of some queries", async (t) => {
  serveGolden(t);
  const trace = await openTrace(address());
  const layer = await trace.layer("cross", 0);
  assert.deepEqual([...(layer.model_queries ?? [])], [1, 4]);
  assert.deepEqual(layer.model_weights?.shape, [4, 2, 7]);
  assert.equal((await trace.layer("cross", 1)).model_weights, undefined);
});

test("a component knows the tokens of both axes", async (t) => {
  serveGolden(t);
  const trace = await openTrace(address());
  const { source, target } = trace.manifest;
  assert.deepEqual([trace.queryTokens("encoder"), trace.keyTokens("encoder")], [source, source]);
  assert.deepEqual([trace.queryTokens("decoder"), trace.keyTokens("decoder")], [target, target]);
  assert.deepEqual([trace.queryTokens("cross"), trace.keyTokens("cross")], [target, source]);
});

test("an overview has cells for every layer by its number", async (t) => {
  serveGolden(t);
  const trace = await openTrace(address());
  const overview = await trace.overview("encoder");
  assert.deepEqual([...overview.layers.keys()], [0, 2, 3]);
  assert.deepEqual([...overview.query_edges], [0, 1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual(overview.layers.get(2)?.shape, [4, 7, 7]);
  const cross = await trace.overview("cross");
  assert.deepEqual([cross.query_edges.length, cross.key_edges.length], [6, 8]);
  assert.deepEqual(cross.layers.get(0)?.shape, [4, 5, 7]);
});

test("what a result has not is refused by name", async (t) => {
  serveGolden(t);
  const trace = await openTrace(address());
  assert.throws(() => trace.component("self"), { message: "this result has no self attention" });
  await assert.rejects(trace.layer("encoder", 1), { message: "layer 1 has no encoder attention" });
});

for (const status of [403, 404]) {
  test(`a manifest that is gone (${status}) has expired`, async (t) => {
    serveGolden(t, () => new Response("", { status }));
    await assert.rejects(openTrace(address()), EXPIRED);
  });

  test(`a file that is gone (${status}) has expired`, async (t) => {
    serveGolden(t, (name) => (name === "manifest.json" ? undefined : new Response("", { status })));
    const trace = await openTrace(address());
    await assert.rejects(trace.layer("encoder", 0), EXPIRED);
    await assert.rejects(trace.overview("encoder"), EXPIRED);
  });
}

test("another error of the server is told with its number", async (t) => {
  serveGolden(t, () => new Response("", { status: 503 }));
  await assert.rejects(openTrace(address()), {
    message: "The server answered with an error (503).",
  });
});

test("what failed is asked for again the next time", async (t) => {
  let broken = true;
  serveGolden(t, () => (broken ? new Response("", { status: 502 }) : undefined));
  const url = address();
  await assert.rejects(openTrace(url));
  broken = false;
  const trace = await openTrace(url);
  broken = true;
  await assert.rejects(trace.layer("encoder", 0));
  await assert.rejects(trace.overview("encoder"));
  broken = false;
  assert.equal((await trace.layer("encoder", 0)).num_heads, 4);
  assert.equal((await trace.overview("encoder")).layers.size, 3);
});

test("a manifest of another version is refused", async (t) => {
  serveGolden(t, () => Response.json({ version: 3, source: [], components: [] }));
  await assert.rejects(openTrace(address()), { message: "Reload the page: it was updated." });
});

test("the last two results stay in memory, and the oldest of three leaves", async (t) => {
  const asked = serveGolden(t);
  const [one, two, three] = [address(), address(), address()];
  const first = await openTrace(one);
  const second = await openTrace(two);
  await openTrace(three);
  assert.equal(asked.length, 3);
  assert.equal(await openTrace(two), second);
  assert.equal(asked.length, 3);
  assert.notEqual(await openTrace(one), first);
  assert.equal(asked.length, 4);
});
