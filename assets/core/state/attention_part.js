// The part of the attention that a view shows: a component, a span of queries and a span of keys. The
// reader chooses it in the Attention picker, such as All, Sentence A -> Sentence B, or Cross.

import { labelOfComponent } from "../text/component_label.js";

/** @typedef {import("../data/trace.js").Trace} Trace */
/** @typedef {import("../data/wire.js").Component} Component */
/** @typedef {import("./selection.js").Selection} Selection */

/**
 * @typedef {object} AttentionPart
 * @property {string} label its name in the Attention picker
 * @property {Component} component
 * @property {[number, number]} queries the first query, and one past the last
 * @property {[number, number]} keys the first key, and one past the last
 */

/**
 * Return the choices of the Attention picker, in BertViz's order: one for a single text, five for a
 * pair of texts, three for an encoder-decoder model. Sentence B begins with the first token of the
 * second text, so that the separator before it belongs to sentence A. If sentence B begins at token 0,
 * there is no sentence A, and the choices are those of a single text.
 * @param {Trace} trace
 * @returns {AttentionPart[]}
 */
export function attentionPartsOf(trace) {
  const parts = trace.manifest.components.map(({ component }) => ({
    label: labelOfComponent(component),
    component,
    queries: /** @type {[number, number]} */ ([0, trace.queryTokens(component).length]),
    keys: /** @type {[number, number]} */ ([0, trace.keyTokens(component).length]),
  }));
  const { source } = trace.manifest;
  const segmentB = source.findIndex(({ segment }) => segment === "B");
  if (segmentB <= 0) return parts;
  /** @type {Record<string, [number, number]>} */
  const spans = { A: [0, segmentB], B: [segmentB, source.length] };
  const pairs = ["AA", "BB", "AB", "BA"].map(([query, key]) => ({
    label: `Sentence ${query} -> Sentence ${key}`,
    component: parts[0].component,
    queries: spans[query],
    keys: spans[key],
  }));
  return [...parts, ...pairs];
}

/**
 * Choose the attention part of a component, unless the part that a view shows is of this component. A
 * pinned target token is a query of the decoder's attention and of the cross attention: it stays pinned.
 * @param {Selection} selection
 * @param {AttentionPart} shown
 * @param {Component} component
 * @returns {Selection}
 */
export function chooseComponent(selection, shown, component) {
  if (shown.component === component) return selection;
  const { pinned } = selection;
  return {
    ...selection,
    attentionPart: labelOfComponent(component),
    pinned: pinned && { ...pinned, axis: "query" },
  };
}

/**
 * Return the number of tokens of the longer axis of an attention part.
 * @param {AttentionPart} attentionPart
 * @returns {number}
 */
export function longerSideLength({ queries, keys }) {
  return Math.max(queries[1] - queries[0], keys[1] - keys[0]);
}

/**
 * Return the positions of a span.
 * @param {readonly [number, number]} span the first position, and one past the last
 * @returns {number[]}
 */
export function positionsOf([begin, end]) {
  return Array.from({ length: end - begin }, (_, index) => begin + index);
}
