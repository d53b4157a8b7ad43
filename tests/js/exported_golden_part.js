// Parts of the golden trace to export, for tests.

import { attentionPartsOf } from "../../assets/core/state/attention_part.js";
import { goldenTrace } from "./golden.js";

/**
 * Return a part of the golden trace's encoder, with all queries and keys.
 * @param {import("node:test").TestContext} t
 * @param {[layer: number, heads: number[]][]} cells
 * @returns {Promise<import("../../assets/core/export/exported_part.js").ExportedPart>}
 */
export async function exportedGoldenPart(t, ...cells) {
  const trace = await goldenTrace(t);
  const layers = await Promise.all(
    cells.map(async ([layer, heads]) => ({ layer: await trace.layer("encoder", layer), heads })),
  );
  return {
    trace,
    axes: trace.units("encoder", false),
    attentionPart: attentionPartsOf(trace)[0],
    filter: null,
    layers,
  };
}
