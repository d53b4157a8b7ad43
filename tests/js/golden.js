// The golden trace of tests/unit/golden.py, read from disk instead of from a server.

import { readFile } from "node:fs/promises";
import { Trace } from "../../assets/core/data/trace.js";

const FOLDER = new URL("../fixtures/golden_trace/", import.meta.url);

/**
 * Read a golden file.
 * @param {string} name
 * @returns {Promise<ArrayBuffer>}
 */
export async function readGolden(name) {
  const bytes = await readFile(new URL(name, FOLDER));
  // A Buffer can be part of a larger one; a server's response is a buffer of its own.
  return new Uint8Array(bytes).buffer;
}

/**
 * Make `fetch` return golden files, for one test.
 * @param {import("node:test").TestContext} t
 * @param {(name: string) => Response | undefined} respond returns a response to use instead of a file
 * @returns {string[]} the names of the requested files, in order
 */
export function serveGolden(t, respond = () => undefined) {
  /** @type {string[]} */
  const requests = [];
  t.mock.method(globalThis, "fetch", async (/** @type {string} */ url) => {
    const name = new URL(url).pathname.split("/").at(-1) ?? "";
    requests.push(name);
    return respond(name) ?? new Response(await readGolden(name));
  });
  return requests;
}

/**
 * Return the golden trace, whose files `fetch` returns.
 * @param {import("node:test").TestContext} t
 * @returns {Promise<Trace>}
 */
export async function goldenTrace(t) {
  serveGolden(t);
  const manifest = JSON.parse(new TextDecoder().decode(await readGolden("manifest.json")));
  return new Trace(manifest, async (name, signal) => {
    const response = await fetch(`https://space.test/golden/${name}`, { signal });
    return response.arrayBuffer();
  });
}
