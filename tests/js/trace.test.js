// Reading a result from the server: which files are asked for, how often, and what errors say.

import assert from "node:assert/strict";
import test from "node:test";
import { openTrace } from "../../assets/core/data/trace.js";
import { goldenTrace, readGolden, serveGolden } from "./golden.js";

// The module keeps the last results by their address, so every test has one of its own.
let count = 0;
const address = () => `https://space.test/results/${count++}/manifest.json`;

/** The golden manifest, of a server that makes files on request. */
function notReady() {
  return Response.json({ ...manifest, ready: [] });
}

const manifest = JSON.parse(new TextDecoder().decode(await readGolden("manifest.json")));

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
  await trace.overview("encoder", 0);
  await trace.overview("encoder", 2);
  assert.deepEqual(asked, [
    "manifest.json",
    "encoder-0.safetensors",
    "encoder-overview-0.safetensors",
  ]);
});

test("a file that is not ready is asked for before it is fetched", async (t) => {
  const asked = serveGolden(t, (name) => (name === "manifest.json" ? notReady() : undefined));
  const trace = await openTrace(address(), async (url) => {
    asked.push(`prepare ${url.split("/").at(-1)}`);
    return true;
  });
  await trace.layer("encoder", 2);
  assert.deepEqual(asked.slice(1), ["prepare encoder-2.safetensors", "encoder-2.safetensors"]);
});

test("a file that cannot be made any more has expired", async (t) => {
  const asked = serveGolden(t, (name) => (name === "manifest.json" ? notReady() : undefined));
  const trace = await openTrace(address(), async () => false);
  await assert.rejects(trace.layer("encoder", 2), EXPIRED);
  assert.deepEqual(asked, ["manifest.json"]);
});

test("a file that cannot be made now is said, and asked for again", async (t) => {
  serveGolden(t, (name) => (name === "manifest.json" ? notReady() : undefined));
  const answers = ["The disk is full.", true];
  const trace = await openTrace(address(), async () => answers.shift() ?? false);
  await assert.rejects(trace.layer("encoder", 2), { message: "The disk is full." });
  assert.equal((await trace.layer("encoder", 2)).layer, 2);
});

test("a ready file is not asked for", async (t) => {
  serveGolden(t);
  const trace = await openTrace(address(), () => assert.fail("it is there"));
  assert.equal((await trace.layer("encoder", 2)).layer, 2);
});

/** A fetch that never answers, and says when it was called off. */
function hangingFetch(/** @type {import("node:test").TestContext} */ t) {
  /** @type {AbortSignal[]} */
  const signals = [];
  t.mock.method(
    globalThis,
    "fetch",
    (/** @type {string} */ _, /** @type {RequestInit} */ { signal } = {}) =>
      new Promise((_, reject) => {
        if (!signal) return;
        signals.push(signal);
        signal.addEventListener("abort", () => reject(signal.reason));
      }),
  );
  return signals;
}

test("what nobody waits for any more is not fetched", async (t) => {
  const trace = await goldenTrace(t);
  const signals = hangingFetch(t);
  const [one, other] = [new AbortController(), new AbortController()];
  const reads = [
    assert.rejects(trace.layer("encoder", 0, one.signal)),
    assert.rejects(trace.layer("encoder", 0, other.signal)),
  ];
  await Promise.resolve();
  t.mock.timers.enable({ apis: ["setTimeout"] });
  one.abort();
  t.mock.timers.tick(1000);
  assert.equal(signals[0].aborted, false);
  other.abort();
  t.mock.timers.tick(1000);
  assert.equal(signals[0].aborted, true);
  await Promise.all(reads);
});

test("what is wanted again at once is fetched on", async (t) => {
  const trace = await goldenTrace(t);
  const signals = hangingFetch(t);
  const [one, other] = [new AbortController(), new AbortController()];
  const reads = [assert.rejects(trace.layer("encoder", 0, one.signal))];
  await Promise.resolve();
  t.mock.timers.enable({ apis: ["setTimeout"] });
  one.abort();
  reads.push(assert.rejects(trace.layer("encoder", 0, other.signal)));
  t.mock.timers.tick(1000);
  assert.equal(signals.length, 1);
  assert.equal(signals[0].aborted, false);
  other.abort();
  t.mock.timers.tick(1000);
  await Promise.all(reads);
});

test("a file that was called off is fetched when it is wanted again", async (t) => {
  const trace = await goldenTrace(t);
  hangingFetch(t);
  const leaving = new AbortController();
  const left = assert.rejects(trace.layer("encoder", 0, leaving.signal));
  await Promise.resolve();
  leaving.abort();
  await left;
  serveGolden(t);
  assert.equal((await trace.layer("encoder", 0)).layer, 0);
});

test("the layers beside the one on view are fetched ahead, unless the reader goes on", async (t) => {
  const asked = serveGolden(t);
  const trace = await openTrace(address());
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const leaving = new AbortController();
  trace.prefetch("decoder", 3, leaving.signal);
  leaving.abort();
  trace.prefetch("encoder", 2, new AbortController().signal);
  assert.equal(asked.length, 1);
  t.mock.timers.tick(1000);
  assert.deepEqual(asked.slice(1), ["encoder-3.safetensors", "encoder-0.safetensors"]);
});

test("who leaves after a file has come takes nothing away", async (t) => {
  const asked = serveGolden(t);
  const trace = await openTrace(address());
  const leaving = new AbortController();
  const layer = await trace.layer("encoder", 0, leaving.signal);
  leaving.abort();
  assert.equal(await trace.layer("encoder", 0), layer);
  assert.equal(asked.length, 2);
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

test("an overview has a cell for each pair of bins", async (t) => {
  serveGolden(t);
  const trace = await openTrace(address());
  assert.deepEqual((await trace.overview("encoder", 2)).shape, [4, 7, 7]);
  assert.deepEqual((await trace.overview("cross", 0)).shape, [4, 5, 7]);
  assert.notDeepEqual(await trace.overview("encoder", 2), await trace.overview("encoder", 3));
  assert.deepEqual([trace.component("cross").query_bin, trace.component("cross").key_bin], [1, 1]);
});

test("what a result has not is refused by name", async (t) => {
  serveGolden(t);
  const trace = await openTrace(address());
  assert.throws(() => trace.component("self"), { message: "this result has no self attention" });
  const none = { message: "layer 1 has no encoder attention" };
  await assert.rejects(trace.layer("encoder", 1), none);
  await assert.rejects(trace.overview("encoder", 1), none);
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
    await assert.rejects(trace.overview("encoder", 0), EXPIRED);
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
  await assert.rejects(trace.overview("encoder", 0));
  broken = false;
  assert.equal((await trace.layer("encoder", 0)).num_heads, 4);
  assert.equal((await trace.overview("encoder", 0)).shape.length, 3);
});

test("a manifest of another version is refused", async (t) => {
  serveGolden(t, () => Response.json({ version: 4, source: [], components: [] }));
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
