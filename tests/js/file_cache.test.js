// When a trace fetches its files, how often, and when it stops.

import assert from "node:assert/strict";
import test from "node:test";
import { openTrace } from "../../assets/core/data/open_trace.js";
import { goldenTrace, serveGolden } from "./golden.js";

const address = "https://space.test/file_cache/manifest.json";

/**
 * Make `fetch` wait until it is aborted.
 * @param {import("node:test").TestContext} t
 * @returns {AbortSignal[]} the signals of all calls
 */
function hangingFetch(t) {
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

test("a file is fetched once, even if two readers request it at the same time", async (t) => {
  const requests = serveGolden(t);
  const trace = await openTrace(address);
  const [one, other] = await Promise.all([trace.layer("encoder", 0), trace.layer("encoder", 0)]);
  assert.equal(one, other);
  await trace.layer("encoder", 0);
  await trace.overview("encoder", 0);
  await trace.overview("encoder", 2);
  assert.deepEqual(requests, [
    "manifest.json",
    "encoder-0.safetensors",
    "encoder-overview-0.safetensors",
  ]);
});

test("a fetch stops when its last reader aborts, and not before", async (t) => {
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

test("a fetch continues if a new reader comes right after the last one aborted", async (t) => {
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

test("a file whose fetch was stopped is fetched again on the next request", async (t) => {
  const trace = await goldenTrace(t);
  hangingFetch(t);
  const reader = new AbortController();
  const read = assert.rejects(trace.layer("encoder", 0, reader.signal));
  await Promise.resolve();
  reader.abort();
  await read;
  serveGolden(t);
  assert.equal((await trace.layer("encoder", 0)).layer, 0);
});

test("a reader that aborts after the file has arrived does not remove it", async (t) => {
  const requests = serveGolden(t);
  const trace = await openTrace("https://space.test/file_cache/late_abort/manifest.json");
  const reader = new AbortController();
  const layer = await trace.layer("encoder", 0, reader.signal);
  reader.abort();
  assert.equal(await trace.layer("encoder", 0), layer);
  assert.equal(requests.length, 2);
});

test("a file whose fetch failed is fetched again on the next request", async (t) => {
  let isBroken = false;
  serveGolden(t, () => (isBroken ? new Response("", { status: 502 }) : undefined));
  const trace = await openTrace("https://space.test/file_cache/failure/manifest.json");
  isBroken = true;
  await assert.rejects(trace.layer("encoder", 0));
  await assert.rejects(trace.overview("encoder", 0));
  isBroken = false;
  assert.equal((await trace.layer("encoder", 0)).num_heads, 4);
  assert.equal((await trace.overview("encoder", 0)).shape.length, 3);
});
