// The effects of heads on a prediction, from the layers that a sweep knows so far.

/** @typedef {import("../data/sweep.js").HeadEffect} HeadEffect */
/** @typedef {import("../data/sweep.js").LayerEffects} LayerEffects */

/**
 * Return the effect of each head.
 * @param {LayerEffects[]} layers
 * @returns {HeadEffect[]} in the order of the layers
 */
export function headEffects(layers) {
  return layers.flatMap(({ component, layer, changes }) =>
    changes.map((change, head) => ({ component, layer, head, change })),
  );
}

/**
 * Return the heads with the largest effects, positive or negative.
 * @param {LayerEffects[]} layers
 * @param {number} max the number of heads to return
 * @returns {HeadEffect[]} the largest effect first
 */
export function rankEffects(layers, max) {
  // The sort is stable: equal effects stay in the order of the layers.
  return headEffects(layers)
    .sort((a, b) => Math.abs(b.change) - Math.abs(a.change))
    .slice(0, max);
}

/**
 * Return the largest effect, without its sign.
 * @param {LayerEffects[]} layers
 * @returns {number} 0 if no head is known
 */
export function largestEffect(layers) {
  return Math.abs(rankEffects(layers, 1)[0]?.change ?? 0);
}
