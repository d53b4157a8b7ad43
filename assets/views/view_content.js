// What a view shows of a result, from what the reader has chosen.

import { fittingFilter, NOTHING_HIDDEN } from "../core/data/filter.js";
import { spanOfUnits, unitsOfToken } from "../core/data/units.js";
import { componentFilter } from "../core/formula/filtered_weights.js";
import { attentionPartsOf } from "../core/state/attention_part.js";
import { keepChoice } from "../core/state/selection.js";

/** @typedef {import("../core/data/trace.js").Trace} Trace */
/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("../core/data/units.js").Units} Units */
/** @typedef {import("../core/state/attention_part.js").AttentionPart} AttentionPart */
/** @typedef {import("../core/state/selection.js").Selection} Selection */

/**
 * What a view shows.
 * @typedef {object} ViewContent
 * @property {Trace} trace
 * @property {AttentionPart} attentionPart its spans count units: tokens or words
 * @property {Record<"query" | "key", Units>} axes the units of the attention part's component
 * @property {TokenPosition | null} pinned the unit of the pinned token
 * @property {Selection} selection
 * @property {import("../core/data/filter.js").Filter} shownFilter the part of the selection's filter that
 *   applies to the view and fits the texts
 * @property {import("../core/formula/filtered_weights.js").ComponentFilter | null} filter the same filter
 *   for the attention part's component; null if all weights of tokens are shown
 */

/**
 * Return what a view shows. A choice that the result does not offer is left out.
 * @param {Trace} trace
 * @param {Selection} selection
 * @param {(selection: Selection) => boolean} ignoresFilter whether the view shows all weights of tokens in
 *   spite of a filter
 * @returns {ViewContent}
 */
export function viewContent(trace, selection, ignoresFilter) {
  const part = keepChoice(
    attentionPartsOf(trace),
    ({ label }) => label === selection.attentionPart,
  );
  const shownFilter = ignoresFilter(selection)
    ? NOTHING_HIDDEN
    : fittingFilter(selection.filter, trace.manifest);
  const axes = trace.units(part.component, shownFilter.words);
  const { pinned } = selection;
  return {
    trace,
    attentionPart: {
      ...part,
      queries: spanOfUnits(axes.query, part.queries),
      keys: spanOfUnits(axes.key, part.keys),
    },
    axes,
    pinned: pinned && unitsOfToken(axes[pinned.axis], pinned),
    selection,
    shownFilter,
    filter: componentFilter(shownFilter, trace, part.component),
  };
}
