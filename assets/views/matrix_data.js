// What the matrix view draws, from what the reader has chosen.

import { weightSource } from "../core/formula/weight_source.js";

/** @typedef {import("../core/data/wire.js").LayerAttention} LayerAttention */
/** @typedef {import("../marks/matrix_content.js").MatrixData} MatrixData */
/** @typedef {import("./view_content.js").ViewContent} ViewContent */

/**
 * Return the data of a matrix.
 * @param {ViewContent} content
 * @param {LayerAttention} layer
 * @param {number[]} heads whose mean is drawn; empty for none
 * @param {string} color
 * @param {AbortSignal} signal stops the fetch of the overview
 * @returns {MatrixData}
 */
export function matrixData(content, layer, heads, color, signal) {
  const { attentionPart, axes, selection, filter } = content;
  return {
    queryTokens: axes.query.tokens,
    keyTokens: axes.key.tokens,
    attentionPart,
    heads,
    layer,
    filter,
    source: heads.length ? weightSource(layer, heads, filter) : null,
    color,
    pooling: selection.pooling,
    getOverview: () => overviewOf(content, layer, heads, signal),
  };
}

/**
 * Fetch the overview of a layer.
 * @param {ViewContent} content
 * @param {LayerAttention} layer
 * @param {number[]} heads
 * @param {AbortSignal} signal
 * @returns {ReturnType<MatrixData["getOverview"]>}
 */
async function overviewOf({ trace, attentionPart, filter }, layer, heads, signal) {
  // A filter hides small means, not small weights of a head: the mean of filtered heads is no bound.
  if (filter && heads.length > 1) return null;
  const { component } = attentionPart;
  const overview = await trace.overview(component, layer.layer, filter?.text ?? "", signal);
  return { overview, ...trace.bins(component, filter?.words ?? false) };
}
