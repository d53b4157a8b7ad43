// The run that a head view shows beside this run, or subtracts from it.

import { alignedUnits, alignmentOf } from "../core/data/alignment.js";
import { hasOtherInput } from "../core/data/compared.js";
import { shownComparison } from "../core/state/comparison.js";
import { numbersInWords } from "../core/text/caption.js";
import { otherRunInShort } from "../core/text/other_run.js";
import { viewContent } from "./view_content.js";

/** @typedef {import("../core/data/alignment.js").Alignment} Alignment */
/** @typedef {import("../core/data/filter.js").Filter} Filter */
/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("../core/data/wire.js").LayerAttention} LayerAttention */
/** @typedef {import("./view_content.js").ViewContent} ViewContent */

/**
 * What a head view shows of the other run.
 * @typedef {object} ComparedRun
 * @property {"both" | "difference"} comparison
 * @property {string} name
 * @property {string} heading above its figure
 * @property {ViewContent} content of the other run, with the filter of this run and without a pinned token
 * @property {boolean} hasComponent whether the other run has the component that the view shows
 * @property {boolean} hasPart whether the other run has the attention part that the view shows
 * @property {Record<TokenPosition["axis"], Alignment>} aligned `[unit]` of this run: the units of the other run
 */

/**
 * Return the run that a head view shows beside this run, or subtracts from it.
 * @param {ViewContent} content of this run
 * @returns {ComparedRun | null} null if the view shows this run alone
 */
export function comparedRun({ trace, selection, attentionPart, axes, shownFilter }) {
  const { compared } = trace.manifest;
  const comparison = shownComparison(selection, trace.manifest);
  if (!compared || !trace.other || comparison === "alone") return null;
  const { component, label } = attentionPart;
  const filter = alignedFilter(shownFilter, compared);
  const choices = { ...selection, attentionPart: label, filter, pinned: null };
  const content = viewContent(trace.other, choices, () => false);
  const hasComponent = content.attentionPart.component === component;
  const align = (/** @type {TokenPosition["axis"]} */ axis) =>
    alignedUnits(
      hasComponent ? alignmentOf(trace, component, axis) : new Int32Array(),
      axes[axis],
      content.axes[axis],
    );
  const name = otherRunInShort(trace.manifest);
  return {
    comparison,
    name,
    heading: hasOtherInput(compared) ? name : "Run without interventions",
    content,
    hasComponent,
    hasPart: hasComponent && content.attentionPart.label === label,
    aligned: { query: align("query"), key: align("key") },
  };
}

/**
 * Fetch a layer of the other run.
 * @param {ComparedRun} run
 * @param {number} number of the layer in the model
 * @param {AbortSignal} signal
 * @returns {Promise<LayerAttention | null>} null if the other run does not have what the view shows
 */
export async function layerOfRun(run, number, signal) {
  const { trace, attentionPart } = run.content;
  return hasLayer(run, number) ? trace.layer(attentionPart.component, number, signal) : null;
}

/**
 * Return which of the things that the view shows the other run does not have.
 * @param {ComparedRun} run
 * @param {number} number of the layer in the model
 * @param {LayerAttention | null} layer of the other run; null if it does not have it
 * @param {number[]} heads that the view shows of this run
 * @returns {string} a sentence; empty if the other run has everything
 */
export function missingInWords(run, number, layer, heads) {
  if (!run.hasComponent) return `${run.name} has no such attention.`;
  if (!isShown(run)) return `${run.name} has no such sentences.`;
  if (!layer) return `${run.name} has no layer ${number}.`;
  const missing = heads.filter((head) => head >= layer.num_heads);
  return missing.length > 0 ? `${run.name} has no ${numbersInWords("head", missing)}.` : "";
}

/**
 * Return how a title names the other run.
 * @param {ComparedRun} run
 * @returns {string}
 */
export function runInTitle({ comparison, name }) {
  return comparison === "difference" ? `difference from ${name}` : `beside ${name}`;
}

/**
 * @param {ComparedRun} run
 * @returns {boolean} whether the other run has the tokens that the view shows of it
 */
function isShown({ comparison, hasComponent, hasPart }) {
  return comparison === "both" ? hasPart : hasComponent;
}

/**
 * @param {ComparedRun} run
 * @param {number} number of the layer in the model
 * @returns {boolean}
 */
function hasLayer(run, number) {
  const { trace, attentionPart } = run.content;
  if (!isShown(run)) return false;
  return trace.component(attentionPart.component).layers.some(({ layer }) => layer === number);
}

/**
 * Return the filter of this run for the other one: it hides the aligned tokens.
 * @param {Filter} filter
 * @param {import("../core/data/wire.js").Compared} compared
 * @returns {Filter}
 */
function alignedFilter(filter, compared) {
  const align = (/** @type {"source" | "target"} */ side) =>
    filter[side]
      .map((position) => compared[side]?.[position] ?? -1)
      .filter((position) => position >= 0)
      .sort((one, other) => one - other);
  return { ...filter, source: align("source"), target: align("target") };
}
