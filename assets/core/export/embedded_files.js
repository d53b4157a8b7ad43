// Chooses which files of a result a stand-alone page contains: all files of a short text, and for a
// long text those that the view needs. Every page contains the predictions, which are small. A page of a
// comparison contains the files of both runs.

import { bytesOfLayer } from "../data/layer_size.js";
import { filteredFile } from "../data/trace.js";

/** @typedef {import("../state/selection.js").ViewName} ViewName */
/** @typedef {import("../data/trace.js").Trace} Trace */
/** @typedef {import("../data/wire.js").Component} Component */
/** @typedef {import("../data/wire.js").LayerEntry} LayerEntry */

/**
 * Bytes of all layers up to which a page contains all of them: about 200 tokens of a BERT-base. An
 * e-mail can have an attachment of this size.
 */
const MAX_BYTES_OF_ALL = 16 * 2 ** 20;
/** Bytes of the layers in the view. A browser needs several seconds to open twice as much. */
const MAX_BYTES_IN_VIEW = 96 * 2 ** 20;

/**
 * Return the names of the files that a stand-alone page contains.
 * @param {ViewName} view
 * @param {Trace} trace
 * @param {Component} component the component in the view
 * @param {number[]} layers the layers in the view
 * @param {string} filter what is hidden, as links spell it; empty for nothing
 * @returns {string[]}
 * @throws {Error} with a message for the reader, if the files that the view needs are too large
 */
export function embeddedFiles(view, trace, component, layers, filter) {
  const { components } = trace.manifest;
  const always = predictionFiles(trace);
  const overviews = components.flatMap(({ overviews, scores }) =>
    [...overviews, ...scores].map(({ file }) => file),
  );
  if (filter && view === "model") {
    const shown = trace.component(component).overviews.map(({ file }) => file);
    overviews.push(...shown.map((file) => filteredFile(file, filter)));
  }
  const all = [...layersOf(trace), ...(trace.other ? layersOf(trace.other) : [])];
  const inView = all.filter(
    (each) => each.component === component && layers.includes(each.entry.layer),
  );
  const bytesOf = (/** @type {typeof all} */ entries) =>
    entries.reduce(
      (sum, { run, component, entry }) => sum + bytesOfLayer(run, component, entry),
      0,
    );
  const namesOf = (/** @type {typeof all} */ entries) => entries.map(({ entry }) => entry.file);
  if (bytesOf(all) <= MAX_BYTES_OF_ALL) return [...overviews, ...namesOf(all), ...always];
  if (bytesOf(inView) <= MAX_BYTES_IN_VIEW) {
    return [...(view === "model" ? overviews : []), ...namesOf(inView), ...always];
  }
  if (view === "model") return [...overviews, ...always];
  throw new Error("This layer is too large for one file. Shorten the text.");
}

/**
 * @param {Trace} run
 * @returns {{run: Trace, component: Component, entry: LayerEntry}[]} the layers of one run
 */
function layersOf(run) {
  return run.manifest.components.flatMap(({ component, layers }) =>
    layers.map((entry) => ({ run, component, entry })),
  );
}

/**
 * @param {Trace} trace
 * @returns {string[]} the files of the predictions of both runs, and of how they differ
 */
function predictionFiles({ manifest: { predictions, compared } }) {
  const files = [predictions, ...(compared ? [compared.other.predictions] : [])].flatMap((entry) =>
    "file" in entry ? [entry.file] : [],
  );
  return compared?.changes ? [...files, compared.changes] : files;
}
