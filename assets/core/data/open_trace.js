// Opens results of the server by the URLs of their manifests. Views that open the same result share
// one trace.

import { Trace } from "./trace.js";

/**
 * Asks the server to create a file that it creates only on request.
 * @callback Prepare
 * @param {string} url
 * @returns {Promise<boolean | string>} true if the file is ready, false if it can no longer be created,
 *   or a sentence that says why it cannot be created now
 */

/** Version of the manifest that this page reads. */
const VERSION = 4;

/** Results that stay in memory: the one that the views show, and the one before. */
const MAX_TRACES = 2;

const EXPIRED = "This result has expired. Run again.";

/** @type {Map<string, Promise<Trace>>} by the URL of the manifest, the most recently opened last */
const traces = new Map();

/**
 * Open a result. Its files are in the same folder as its manifest.
 * @param {string} url of the manifest, absolute or relative to the page
 * @param {Prepare} [prepare] called for files that the manifest does not list as ready
 * @returns {Promise<Trace>} rejects with a message for the reader; the next call tries again
 */
export function openTrace(url, prepare = async () => true) {
  const address = new URL(url, globalThis.location?.href).href;
  let trace = traces.get(address);
  if (!trace) {
    trace = fetchTrace(address, prepare);
    trace.catch(() => traces.delete(address));
  }
  traces.delete(address);
  traces.set(address, trace);
  for (const oldest of traces.keys()) {
    if (traces.size <= MAX_TRACES) break;
    traces.delete(oldest);
  }
  return trace;
}

/**
 * @param {string} address absolute URL of the manifest
 * @param {Prepare} prepare
 * @returns {Promise<Trace>}
 */
async function fetchTrace(address, prepare) {
  const response = await fetchOk(address);
  const manifest = await response.json();
  if (manifest.version !== VERSION) throw new Error("Reload the page: it was updated.");
  /** @type {import("./file_cache.js").ReadFile} */
  const readFile = async (name, signal) => {
    const url = new URL(name, address).href;
    const isReady = manifest.ready.includes(name) || (await prepare(url));
    if (typeof isReady === "string") throw new Error(isReady);
    if (!isReady) throw new Error(EXPIRED);
    return (await fetchOk(url, signal)).arrayBuffer();
  };
  return new Trace(manifest, readFile, address);
}

/**
 * @param {string} url
 * @param {AbortSignal} [signal]
 * @returns {Promise<Response>} a response with a status of success
 * @throws {Error} with a message for the reader, for any other response
 */
async function fetchOk(url, signal) {
  const response = await fetch(url, { signal });
  // Gradio answers 403 for a file that no longer exists.
  if (response.status === 403 || response.status === 404) throw new Error(EXPIRED);
  if (!response.ok) throw new Error(`The server answered with an error (${response.status}).`);
  return response;
}
