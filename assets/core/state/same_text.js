// Whether two results are of the same text: then what the reader has pinned stays.

import { interventionsOf, maskedPositions } from "./interventions.js";

/** @typedef {import("../data/wire.js").Manifest} Manifest */
/** @typedef {import("../data/wire.js").Token} Token */

/**
 * Check whether two results are of one model and one text. Their interventions may differ, and what they
 * are compared with.
 * @param {Manifest} one
 * @param {Manifest} other
 * @returns {boolean}
 */
export function areOfSameText(one, other) {
  const masked = new Set([one, other].flatMap((each) => maskedPositions(interventionsOf(each))));
  return (
    one.model.model_id === other.model.model_id &&
    one.model.revision === other.model.revision &&
    areSame(one.source, other.source, masked) &&
    areSame(one.target ?? [], other.target ?? [], new Set())
  );
}

/**
 * @param {Token[]} tokens
 * @param {Token[]} others
 * @param {Set<number>} masked the positions of tokens that the mask token replaces in one of the texts
 */
function areSame(tokens, others, masked) {
  const isSame = (/** @type {Token} */ token, /** @type {number} */ at) => {
    const other = others[at];
    // A masked token keeps the characters that it covers.
    if (token.start !== other.start || token.end !== other.end) return false;
    return masked.has(at) || token.vocabulary === other.vocabulary;
  };
  return tokens.length === others.length && tokens.every(isSame);
}
