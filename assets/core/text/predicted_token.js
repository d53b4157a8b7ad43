// The label of a token of the vocabulary that a model predicts. Unlike a token of a text, it has no
// neighbors that show whether it begins with a blank.

import { stripBlanks } from "./blanks.js";
import { labelOf } from "./label.js";

/** Letters of a label. */
export const MAX_LETTERS = 16;

/** @type {Record<string, string>} the symbols of blanks that are not shown as spaces */
const SYMBOLS = { "\n": "⏎", "\r": "⏎", "\t": "⇥" };

/**
 * Return the label of a predicted token: its text with symbols for the blanks around it, cut if it is long.
 * @param {{text: string}} token
 * @param {number} [maxLetters]
 * @returns {string}
 */
export function labelOfPredicted({ text }, maxLetters = MAX_LETTERS) {
  const word = stripBlanks(text);
  if (!word) return symbolsOf(text).slice(0, maxLetters);
  const begin = text.indexOf(word);
  const [before, after] = [text.slice(0, begin), text.slice(begin + word.length)];
  const numBlanks = Math.min(before.length, maxLetters - 2);
  const label = labelOf({ text: word, part: [1, 1] }, maxLetters - numBlanks);
  return symbolsOf(before.slice(0, numBlanks)) + label + symbolsOf(after.slice(0, maxLetters));
}

/**
 * @param {string} blanks
 * @returns {string} a symbol for each
 */
function symbolsOf(blanks) {
  return [...blanks].map((blank) => SYMBOLS[blank] ?? "␣").join("");
}
