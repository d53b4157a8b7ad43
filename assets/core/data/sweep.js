// How much each head changes one prediction (bertviz_space/page/sweep_function.py).

/** @typedef {import("./wire.js").Component} Component */
/** @typedef {import("./wire.js").Manifest} Manifest */

/**
 * The effects of a layer's heads on the predicted token.
 * @typedef {object} SweptLayer
 * @property {string} text the token alone, decoded
 * @property {string} vocabulary its spelling in the vocabulary
 * @property {number} tokenId
 * @property {number} logProbability the natural logarithm of its probability while all heads are on
 * @property {number[]} changes `[head]`: how much it changes if the output of this head alone is zero
 */

/**
 * What the server is asked: the heads of a layer, and the position of the prediction.
 * @typedef {object} AskedLayer
 * @property {string} url of the result's manifest
 * @property {number} position
 * @property {Component} component
 * @property {number} layer number of the layer in the model
 */

/**
 * Asks the server to switch off the heads of a layer, one after the other.
 * @callback RequestSweep
 * @param {AskedLayer} asked
 * @returns {Promise<SweptLayer | string | undefined>} a string says why there are no effects; Gradio 6.31
 *   returns undefined for a call that fails
 */

/**
 * A layer of a sweep.
 * @typedef {object} LayerOfHeads
 * @property {Component} component
 * @property {number} layer number of the layer in the model
 * @property {number} numHeads
 */

/**
 * The effects of a layer's heads that are known.
 * @typedef {object} LayerEffects
 * @property {Component} component
 * @property {number} layer number of the layer in the model
 * @property {number[]} changes `[head]`
 */

/**
 * A head of a model that can have several components.
 * @typedef {object} ModelHead
 * @property {Component} component
 * @property {number} layer number of the layer in the model
 * @property {number} head
 */

/** @typedef {ModelHead & {change: number}} HeadEffect */

/**
 * Return the layers of all components, in the order of a sweep.
 * @param {Pick<Manifest, "components">} manifest
 * @returns {LayerOfHeads[]}
 */
export function layersToSweep({ components }) {
  return components.flatMap(({ component, layers }) =>
    layers.map(({ layer, num_heads }) => ({ component, layer, numHeads: num_heads })),
  );
}
