// Sentences about the tokens that a causal model wrote to continue the reader's text.

import { labelOf } from "./label.js";

/** @typedef {import("../data/wire.js").Manifest} Manifest */
/** @typedef {import("../data/wire.js").Token} Token */

/**
 * Return which tokens the model wrote. `written_note` of bertviz_space/files/svg/caption.py returns the
 * same sentence.
 * @param {Pick<Manifest, "source" | "written_from">} manifest
 * @returns {string} empty if it wrote none
 */
export function writtenNote({ source, written_from }) {
  if (written_from === null) return "";
  if (written_from === source.length - 1) {
    return `The token at position ${written_from} was written by the model.`;
  }
  return `Tokens from position ${written_from} on were written by the model.`;
}

/**
 * Return which row predicted a written token.
 * @param {Token[]} tokens of the whole axis
 * @param {number} position of the written token
 * @returns {string}
 */
export function predictionNote(tokens, position) {
  const [written, row] = [position, position - 1].map(
    (each) => `“${labelOf(tokens[each])}” (position ${each})`,
  );
  return `${written} was predicted at ${row}: this row shows which tokens it attends to.`;
}
