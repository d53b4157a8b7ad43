// The layer that a head view shows, of this run and of the run with which a reader compares it.

import { activeHeads } from "../core/state/selection.js";
import { comparedRun, layerOfRun, missingInWords, runInTitle } from "./compared_run.js";

/** @typedef {import("../core/data/wire.js").LayerAttention} LayerAttention */
/** @typedef {import("./compared_run.js").ComparedRun} ComparedRun */
/** @typedef {import("./view_content.js").ViewContent} ViewContent */

/**
 * What a head view shows of a layer.
 * @typedef {object} ShownLayer
 * @property {LayerAttention} layer
 * @property {number[]} active heads
 * @property {number[]} drawn the active heads that this run's figure draws
 * @property {ComparedLayer | null} compared null if the view shows this run alone
 * @property {boolean} isDifference whether the lines show how much the weights of two runs differ
 * @property {string} missing a sentence about what the other run does not have; empty for nothing
 * @property {string} inTitle what titles say about the other run; empty if it is not shown
 */

/**
 * @typedef {object} ComparedLayer
 * @property {ComparedRun} run
 * @property {LayerAttention | null} layer of the other run; null if it does not have it
 * @property {number[]} heads the active heads that both runs have
 */

/**
 * Fetch a layer of the runs that a head view shows.
 * @param {ViewContent} content
 * @param {number} number of the layer in the model
 * @param {AbortSignal} signal
 * @returns {Promise<ShownLayer>}
 */
export async function loadShownLayer(content, number, signal) {
  const { trace, attentionPart, selection } = content;
  const run = comparedRun(content);
  const [layer, otherLayer] = await Promise.all([
    trace.layer(attentionPart.component, number, signal),
    run && layerOfRun(run, number, signal),
  ]);
  const active = activeHeads(selection, layer.num_heads);
  const heads = active.filter((head) => otherLayer && head < otherLayer.num_heads);
  const isDifference = run?.comparison === "difference";
  return {
    layer,
    active,
    drawn: isDifference ? heads : active,
    compared: run && { run, layer: otherLayer, heads },
    isDifference,
    missing: run ? missingInWords(run, number, otherLayer, active) : "",
    inTitle: run && otherLayer ? runInTitle(run) : "",
  };
}

/**
 * Fetch the neighbors of a layer, of the runs that a head view shows.
 * @param {ViewContent} content
 * @param {ShownLayer} shown
 * @param {AbortSignal} signal
 */
export function prefetchNeighbors({ trace, attentionPart }, { layer, compared }, signal) {
  trace.prefetch(attentionPart.component, layer.layer, signal);
  if (compared?.layer) trace.other?.prefetch(attentionPart.component, layer.layer, signal);
}
