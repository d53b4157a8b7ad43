// Sentences about what a filter hides. bertviz_space/files/svg/caption.py writes the same ones.

import { labelOf } from "./label.js";

/** @typedef {import("../data/wire.js").Manifest} Manifest */
/** @typedef {import("../data/filter.js").Filter} Filter */

/**
 * Return what a filter hides, sentence by sentence.
 * @param {Filter} filter all its positions exist in the texts
 * @param {Pick<Manifest, "source" | "target">} manifest
 * @returns {string[]} empty if it hides nothing
 */
export function filterInWords(filter, { source, target }) {
  const keys = [
    ...(filter.special ? ["special tokens"] : []),
    ...(filter.first ? ["the first token"] : []),
    ...filter.source.map((position) => `“${labelOf(source[position])}” (${position})`),
    ...filter.target.map((position) => `“${labelOf((target ?? [])[position])}” (${position})`),
  ];
  const sentences = filter.words ? ["Rows are words."] : [];
  if (keys.length > 0) sentences.push(`Attention to ${listed(keys)} is hidden.`);
  if (filter.renormalize) {
    sentences.push("The remaining weights of each row are divided by their sum.");
  }
  if (filter.minWeight > 0) sentences.push(`Weights below ${filter.minWeight} are hidden.`);
  if (filter.mass < 1) {
    sentences.push(`Each row shows the largest weights that hold ${filter.mass} of it.`);
  }
  return sentences;
}

/**
 * @param {string[]} words at least one
 * @returns {string} such as "a, b and c"
 */
function listed(words) {
  return words.length > 1 ? `${words.slice(0, -1).join(", ")} and ${words.at(-1)}` : words[0];
}
