// The scores of a model's heads on repeated random tokens (bertviz_space/page/probe_function.py), and which
// models have them.

/** @typedef {import("./wire.js").Manifest} Manifest */

/**
 * @typedef {object} ProbeAnswer
 * @property {string} revision the commit of the model, which may be another one than that of a result
 * @property {number} num_random the number of random tokens, which the model reads twice
 * @property {{layer: number, scores: number[][]}[]} layers scores `[head][score]`: induction and previous
 *   token
 */

/**
 * Asks the server to probe a model.
 * @callback RequestProbe
 * @param {string} modelId
 * @returns {Promise<ProbeAnswer | string | undefined>} a string says why there are no scores; Gradio 6.31
 *   returns undefined for a call that fails
 */

/**
 * Return whether no token of a result attends to a later one.
 * @param {Manifest} manifest
 * @returns {boolean} true for a single token, which does not show it
 */
export function isCausal({ components, source }) {
  if (components.length !== 1 || components[0].component !== "self") return false;
  return source.length === 1 || components[0].layers.every(({ reach }) => reach?.after === 0);
}

/**
 * Return whether a result comes from a model, and not from a reader's own file.
 * @param {Manifest} manifest
 */
export function hasModel({ model }) {
  return model.revision !== "";
}
