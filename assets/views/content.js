// What a file that stands alone holds of a result, as JSON in its page (bertviz_space/files/html.py).

/** @typedef {import("../core/state/selection.js").ViewName} ViewName */
/** @typedef {import("../core/data/trace.js").Trace} Trace */

/**
 * @typedef {object} Content
 * @property {ViewName} view
 * @property {string} link what is chosen in it, as a link says it
 * @property {import("../core/data/wire.js").Manifest} manifest
 * @property {Record<string, string>} files of the result that are in it, in base64, by name
 */

/** What stands in the place of the content in a page that has none yet. */
const PLACE = "<!-- content -->";

/**
 * @param {ViewName} view
 * @param {string} link
 * @param {Trace} trace
 * @param {string[]} names of the files to hold
 * @returns {Promise<Content>}
 */
export async function contentOf(view, link, trace, names) {
  const files = await Promise.all(
    names.map(async (name) => [name, await base64Of(await trace.readFile(name))]),
  );
  return { view, link, manifest: trace.manifest, files: Object.fromEntries(files) };
}

/**
 * @param {string} page without content
 * @param {Content} content
 * @returns {Blob}
 */
export function filledPage(page, content) {
  const [before, after] = page.split(PLACE);
  // Nothing in it can end the script element that it stands in.
  const json = JSON.stringify(content).replaceAll("<", "\\u003c");
  return new Blob([before, json, after], { type: "text/html" });
}

/**
 * @param {string} text base64
 * @returns {ArrayBuffer}
 */
export function bytesOf(text) {
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let index = 0; index < letters.length; index++) bytes[index] = letters.charCodeAt(index);
  return bytes.buffer;
}

/**
 * @param {ArrayBuffer} buffer
 * @returns {Promise<string>} base64
 */
function base64Of(buffer) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^.*?,/, ""));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(new Blob([buffer]));
  });
}
