// The golden trace of tests/unit/golden.py, read from disk in the place of a server.

import { readFile } from "node:fs/promises";
import { Trace } from "../../assets/core/data/trace.js";

const FOLDER = new URL("../fixtures/golden_trace/", import.meta.url);

/**
 * @param {string} name of a golden file
 * @returns {Promise<ArrayBuffer>}
 */
export async function readGolden(name) {
  const bytes = await readFile(new URL(name, FOLDER));
  // A Buffer can be a piece of a larger one; a server's answer is a buffer of its own.
  return new Uint8Array(bytes).buffer;
}

/**
 * Let `fetch` answer with the golden files, for one test.
 * @param {import("node:test").TestContext} t
 * @param {(name: string) => Response | undefined} answer instead of a file
 * @returns {string[]} the names of the files that were asked for, in order
 */
export function serveGolden(t, answer = () => undefined) {
  /** @type {string[]} */
  const asked = [];
  t.mock.method(globalThis, "fetch", async (/** @type {string} */ url) => {
    const name = new URL(url).pathname.split("/").at(-1) ?? "";
    asked.push(name);
    return answer(name) ?? new Response(await readGolden(name));
  });
  return asked;
}

/**
 * The golden trace, opened, with `fetch` answering for its files.
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
