// Searches tokens for a text.

import { singleBlanks, stripBlanks } from "./blanks.js";

/** @typedef {import("../data/wire.js").Token} Token */

/**
 * Return the tokens at which a text begins, wherever tokens divide it: `oranges` is found in `orange`,
 * `##s`. Upper and lower case are the same. The text `#12` finds the token at position 12.
 * @param {Token[]} tokens all tokens of the axis
 * @param {[number, number]} span the positions to search, from the first to before the last
 * @param {string} text
 * @returns {number[]} positions, ascending
 */
export function findTokens(tokens, [begin, end], text) {
  const wanted = stripBlanks(text);
  const position = wanted.match(/^#(\d+)$/)?.[1];
  if (position !== undefined) {
    return begin <= Number(position) && Number(position) < end ? [Number(position)] : [];
  }
  const needle = singleBlanks(wanted).toLowerCase();
  if (!needle) return [];
  const { haystack, positions } = joinTokens(tokens, [begin, end]);
  const found = new Set();
  for (let at = haystack.indexOf(needle); at >= 0; at = haystack.indexOf(needle, at + 1)) {
    found.add(positions[at]);
  }
  return [...found];
}

/**
 * Join the texts of tokens, in lower case and with single blanks.
 * @param {Token[]} tokens all tokens of the axis
 * @param {[number, number]} span
 * @returns {{haystack: string, positions: number[]}} the text, and for each of its code units the
 *   position of the token that contains it
 */
function joinTokens(tokens, [begin, end]) {
  let haystack = "";
  const positions = [];
  for (let position = begin; position < end; position++) {
    const token = tokens[position];
    if (token.part[0] > 1) continue; // the first part has all of the text
    const before = tokens[position - 1];
    const isSeparate =
      position > begin && (token.special || before.special || token.start > before.end);
    const units = singleBlanks(`${isSeparate ? " " : ""}${token.text}`).toLowerCase();
    haystack += units;
    for (let unit = 0; unit < units.length; unit++) positions.push(position);
  }
  return { haystack, positions };
}
