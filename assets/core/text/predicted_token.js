// The label of a token of the vocabulary that a model predicts. Unlike a token of a text, it has no
// neighbors that show whether it begins with a blank.

import { stripBlanks } from "./blanks.js";
import { labelOf } from "./label.js";

/** Letters of a label. */
export const MAX_LETTERS = 16;
/** The blank at the beginning of a token, as SentencePiece spells it and removes it from the text. */
const SENTENCEPIECE_BLANK = "▁";

/** @type {Record<string, string>} the symbols of blanks that are not shown as spaces */
const SYMBOLS = { "\n": "⏎", "\r": "⏎", "\t": "⇥" };

/**
 * Return the label of a predicted token: its text with symbols for the blanks around it, cut if it is long.
 * @param {{text: string, vocabulary: string}} token
 * @param {number} [maxLetters]
 * @returns {string}
 */
export function labelOfPredicted({ text, vocabulary }, maxLetters = MAX_LETTERS) {
  const removed = vocabulary.startsWith(SENTENCEPIECE_BLANK) && !/^[\p{White_Space}▁]/u.test(text);
  const whole = removed ? ` ${text}` : text;
  const word = stripBlanks(whole);
  if (!word) return symbolsOf(whole).slice(0, maxLetters) || labelOf({ text: whole, part: [1, 1] });
  const begin = whole.indexOf(word);
  const [before, after] = [whole.slice(0, begin), whole.slice(begin + word.length)];
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
