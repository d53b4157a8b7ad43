// The content of a stand-alone page: the parts of a result that it contains, as JSON in a script element
// (bertviz_space/files/html.py).

/** @typedef {import("../core/state/selection.js").ViewName} ViewName */
/** @typedef {import("../core/data/trace.js").Trace} Trace */

/**
 * @typedef {object} StandaloneContent
 * @property {ViewName} view
 * @property {string} link the choices of the reader, as a link's query string
 * @property {import("../core/data/wire.js").Manifest} manifest
 * @property {Record<string, string>} files the contained files of the result by name, in base64
 * @property {"auto" | "light" | "dark"} [theme] the colors; `auto`, the default, follows the reader's system
 * @property {string[]} [notes] sentences about the text
 * @property {string} [leftOut] sentences that say which files are not contained, and what a reader can do
 */

/** The text that marks the place of the content in an empty page. */
const PLACEHOLDER = "<!-- content -->";

/**
 * Read the files of a result for a stand-alone page.
 * @param {ViewName} view
 * @param {string} link
 * @param {Trace} trace
 * @param {string[]} names of the files to include
 * @returns {Promise<StandaloneContent>}
 */
export async function standaloneContent(view, link, trace, names) {
  const files = await Promise.all(
    names.map(async (name) => [name, await encodeBase64(await trace.readFile(name))]),
  );
  return { view, link, manifest: trace.manifest, files: Object.fromEntries(files) };
}

/**
 * Return a page with content.
 * @param {string} page HTML without content
 * @param {StandaloneContent} content
 * @returns {Blob}
 */
export function fillPage(page, content) {
  const [before, after] = page.split(PLACEHOLDER);
  // Without "<", the text of the content cannot end the script element around it.
  const json = JSON.stringify(content).replaceAll("<", "\\u003c");
  return new Blob([before, json, after], { type: "text/html" });
}

/**
 * Return the bytes of a base64 text.
 * @param {string} text
 * @returns {ArrayBuffer}
 */
export function decodeBase64(text) {
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let index = 0; index < letters.length; index++) bytes[index] = letters.charCodeAt(index);
  return bytes.buffer;
}

/**
 * Return bytes as base64.
 * @param {ArrayBuffer} buffer
 * @returns {Promise<string>}
 */
function encodeBase64(buffer) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^.*?,/, ""));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(new Blob([buffer]));
  });
}
