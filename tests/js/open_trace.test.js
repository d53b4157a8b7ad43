// Opening a result of the server: which files are requested, and what the errors say.

import assert from "node:assert/strict";
import test from "node:test";
import { openTrace } from "../../assets/core/data/open_trace.js";
import { readGolden, serveGolden } from "./golden.js";

// The module keeps the last results by URL, so every test uses URLs of its own.
let count = 0;
const newAddress = () => `https://space.test/results/${count++}/manifest.json`;

const manifest = JSON.parse(new TextDecoder().decode(await readGolden("manifest.json")));

/**
 * Serve the golden files with a manifest of a server that creates files only on request.
 * @param {import("node:test").TestContext} t
 */
function serveUnprepared(t) {
  const unprepared = () => Response.json({ ...manifest, ready: [] });
  return serveGolden(t, (name) => (name === "manifest.json" ? unprepared() : undefined));
}

const EXPIRED = { message: "This result has expired. Run again." };

test("opening a result fetches its manifest and nothing else", async (t) => {
  const requests = serveGolden(t);
  await openTrace(newAddress());
  assert.deepEqual(requests, ["manifest.json"]);
});

test("views that open the same result share one trace", async (t) => {
  const requests = serveGolden(t);
  const url = newAddress();
  const [one, other] = await Promise.all([openTrace(url), openTrace(url)]);
  assert.equal(one, other);
  assert.equal(await openTrace(url), one);
  assert.deepEqual(requests, ["manifest.json"]);
});

test("files are requested from the folder of the manifest", async (t) => {
  const urls = /** @type {string[]} */ ([]);
  t.mock.method(globalThis, "fetch", async (/** @type {string} */ url) => {
    urls.push(url);
    return new Response(await readGolden(url.split("/").at(-1) ?? ""));
  });
  const trace = await openTrace("https://space.test/root/gradio_api/file=/tmp/x/manifest.json");
  await trace.layer("cross", 1);
  assert.equal(urls[1], "https://space.test/root/gradio_api/file=/tmp/x/cross-1.safetensors");
});

test("a file that is not ready is prepared before it is fetched", async (t) => {
  const requests = serveUnprepared(t);
  const trace = await openTrace(newAddress(), async (url) => {
    requests.push(`prepare ${url.split("/").at(-1)}`);
    return true;
  });
  await trace.layer("encoder", 2);
  assert.deepEqual(requests.slice(1), ["prepare encoder-2.safetensors", "encoder-2.safetensors"]);
});

test("a file that can no longer be created means that the result has expired", async (t) => {
  const requests = serveUnprepared(t);
  const trace = await openTrace(newAddress(), async () => false);
  await assert.rejects(trace.layer("encoder", 2), EXPIRED);
  assert.deepEqual(requests, ["manifest.json"]);
});

test("a reason why a file cannot be created is reported, and the file is requested again", async (t) => {
  serveUnprepared(t);
  const answers = ["The disk is full.", true];
  const trace = await openTrace(newAddress(), async () => answers.shift() ?? false);
  await assert.rejects(trace.layer("encoder", 2), { message: "The disk is full." });
  assert.equal((await trace.layer("encoder", 2)).layer, 2);
});

test("a file that is ready is not prepared", async (t) => {
  serveGolden(t);
  const trace = await openTrace(newAddress(), () => assert.fail("the file is ready"));
  assert.equal((await trace.layer("encoder", 2)).layer, 2);
});

for (const status of [403, 404]) {
  test(`a manifest with status ${status} means that the result has expired`, async (t) => {
    serveGolden(t, () => new Response("", { status }));
    await assert.rejects(openTrace(newAddress()), EXPIRED);
  });

  test(`a file with status ${status} means that the result has expired`, async (t) => {
    serveGolden(t, (name) => (name === "manifest.json" ? undefined : new Response("", { status })));
    const trace = await openTrace(newAddress());
    await assert.rejects(trace.layer("encoder", 0), EXPIRED);
    await assert.rejects(trace.overview("encoder", 0), EXPIRED);
  });
}

test("any other error of the server is reported with its status", async (t) => {
  serveGolden(t, () => new Response("", { status: 503 }));
  await assert.rejects(openTrace(newAddress()), {
    message: "The server answered with an error (503).",
  });
});

test("a manifest that could not be fetched is fetched again on the next request", async (t) => {
  let isBroken = true;
  serveGolden(t, () => (isBroken ? new Response("", { status: 502 }) : undefined));
  const url = newAddress();
  await assert.rejects(openTrace(url));
  isBroken = false;
  assert.equal((await openTrace(url)).manifest.version, manifest.version);
});

test("a manifest of another version is refused", async (t) => {
  serveGolden(t, () => Response.json({ version: 3, source: [], components: [] }));
  await assert.rejects(openTrace(newAddress()), { message: "Reload the page: it was updated." });
});

test("the last two results stay in memory, and a third one replaces the oldest", async (t) => {
  const requests = serveGolden(t);
  const [one, two, three] = [newAddress(), newAddress(), newAddress()];
  const first = await openTrace(one);
  const second = await openTrace(two);
  await openTrace(three);
  assert.equal(requests.length, 3);
  assert.equal(await openTrace(two), second);
  assert.equal(requests.length, 3);
  assert.notEqual(await openTrace(one), first);
  assert.equal(requests.length, 4);
});
