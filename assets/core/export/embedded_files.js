// Which files of a result are put into a file that stands alone: all of a short text's, of a long one's
// those that are on view.

/** @typedef {import("../state/selection.js").ViewName} ViewName */
/** @typedef {import("../data/trace.js").Trace} Trace */
/** @typedef {import("../data/wire.js").Component} Component */
/** @typedef {import("../data/wire.js").LayerEntry} LayerEntry */

/** Bytes of all layers up to which all are held: some 200 tokens of a BERT-base; a mail takes so much. */
const MOST_OF_ALL = 16 * 2 ** 20;
/** Bytes of the layers on view: a browser takes some seconds to open twice as much. */
const MOST_ON_VIEW = 96 * 2 ** 20;

const FLOAT32 = 4;

/**
 * @param {ViewName} view
 * @param {Trace} trace
 * @param {Component} component on view
 * @param {number[]} layers on view
 * @returns {string[]} their names
 * @throws {Error} if what is on view is too much
 */
export function embeddedFiles(view, trace, component, layers) {
  const { components } = trace.manifest;
  const overviews = components.flatMap(({ overviews }) => overviews.map(({ file }) => file));
  const all = components.flatMap(({ component, layers }) =>
    layers.map((entry) => ({ component, entry })),
  );
  const bytesOf = (/** @type {typeof all} */ some) =>
    some.reduce((sum, { component, entry }) => sum + bytesOfLayer(trace, component, entry), 0);
  const shown = all.filter(
    (each) => each.component === component && layers.includes(each.entry.layer),
  );
  const files = (/** @type {typeof all} */ some) => some.map(({ entry }) => entry.file);
  if (bytesOf(all) <= MOST_OF_ALL) return [...overviews, ...files(all)];
  if (bytesOf(shown) <= MOST_ON_VIEW)
    return [...(view === "model" ? overviews : []), ...files(shown)];
  if (view === "model") return overviews;
  throw new Error("This layer is too large for a file: shorten the text.");
}

/**
 * @param {Trace} trace
 * @param {Component} component
 * @param {LayerEntry} entry
 * @returns {number} of its vectors, which are most of its file
 */
function bytesOfLayer(trace, component, { num_heads, num_key_value_heads, head_dim }) {
  const [queries, keys] = [trace.queryTokens(component).length, trace.keyTokens(component).length];
  return FLOAT32 * (num_heads * queries * (head_dim + 1) + num_key_value_heads * keys * head_dim);
}
