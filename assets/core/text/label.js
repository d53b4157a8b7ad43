// The label, the tooltip and the accessible name of a token. They are text from the reader, so they
// must never be inserted as HTML.

import { stripBlanks } from "./blanks.js";

/** @typedef {import("../data/wire.js").Token} Token */

/** Letters of a label; one token can be a word of 10,000 letters. */
const MAX_LABEL_LETTERS = 16;
/** Letters of the first token in the label of several tokens, which also has a position. */
const MAX_POOLED_LETTERS = 9;
/** Letters of a tooltip. */
const MAX_TOOLTIP_LETTERS = 200;
/** Code points per letter on average, more than any emoji has. One letter can carry 10,000 accents. */
const POINTS_PER_LETTER = 16;
/** Text of visible letters of one code unit each: most tokens of most texts. */
const PLAIN = /^[!-~]+$/;
/** Text of letters and spaces of one code unit each. */
const ASCII = /^[ -~]*$/;
/** Divides a text into letters. */
const SEGMENTER = new Intl.Segmenter();

/**
 * Return the label of a token: its text without surrounding blanks, cut if it is long.
 * @param {Pick<Token, "text" | "part">} token
 * @param {number} [maxLetters] of the text
 * @returns {string}
 */
export function labelOf({ text, part: [k, n] }, maxLetters = MAX_LABEL_LETTERS) {
  return cut(visibleText(text), maxLetters) + (n > 1 ? ` ${k}/${n}` : "");
}

/**
 * Return what a screen reader says for a token.
 * @param {Token} token
 * @param {number} position
 * @returns {string}
 */
function accessibleNameOf(token, position) {
  const special = token.special ? ", special token" : "";
  return `${labelOf(token)}, position ${position}${special}${writerOf(token)}`;
}

/**
 * Return what is said of a token that the model wrote.
 * @param {Token} token
 * @returns {string} empty for a token of the reader's text
 */
function writerOf({ written }) {
  return written ? ", written by the model" : "";
}

/**
 * Return the tooltip of a token.
 * @param {Token} token
 * @param {number} position
 * @returns {string}
 */
export function tooltipOf(token, position) {
  const text = cut(token.text, MAX_TOOLTIP_LETTERS);
  // A token from a reader's own file has no id, and its spelling may be the text itself.
  const hasId = token.token_id >= 0;
  const place = `${text}\nposition ${position}${writerOf(token)}`;
  if (!hasId && token.vocabulary === token.text) return place;
  const vocabulary = cut(token.vocabulary, MAX_TOOLTIP_LETTERS);
  const id = hasId ? ` (id ${token.token_id})` : "";
  return `${place}, vocabulary entry ${vocabulary}${id}`;
}

/**
 * Return the label of a row, which is one token or several neighbors.
 * @param {Token[]} tokens all tokens of the axis
 * @param {number} begin position of the row's first token
 * @param {number} end one past the position of the last
 * @param {number} [maxLetters] of the text of a token
 * @returns {string}
 */
export function labelOfRow(tokens, begin, end, maxLetters = MAX_LABEL_LETTERS) {
  if (end - begin === 1) return labelOf(tokens[begin], maxLetters);
  const letters = Math.min(maxLetters, MAX_POOLED_LETTERS);
  return `#${begin} ${cut(visibleText(tokens[begin].text), letters)} …`;
}

/**
 * Return the label of a row with as many letters as fit into a width, at least one. If no letter fits, the
 * label of several tokens is only the position of the first.
 * @param {Token[]} tokens all tokens of the axis
 * @param {number} begin position of the row's first token
 * @param {number} end one past the position of the last
 * @param {(label: string) => boolean} fits
 * @returns {string}
 */
export function fittingLabelOfRow(tokens, begin, end, fits) {
  let letters = MAX_LABEL_LETTERS;
  let label = labelOfRow(tokens, begin, end);
  // The ellipsis counts as a letter.
  while (!fits(label) && letters > 2) label = labelOfRow(tokens, begin, end, --letters);
  return end - begin > 1 && !fits(label) ? `#${begin}` : label;
}

/**
 * Return what a screen reader says for a row.
 * @param {Token[]} tokens all tokens of the axis
 * @param {number} begin position of the row's first token
 * @param {number} end one past the position of the last
 * @returns {string}
 */
export function accessibleNameOfRow(tokens, begin, end) {
  if (end - begin === 1) return accessibleNameOf(tokens[begin], begin);
  return `${end - begin} tokens, positions ${begin} to ${end - 1}${writerOf(tokens[begin])}`;
}

/**
 * Return the tooltip of a row.
 * @param {Token[]} tokens all tokens of the axis
 * @param {number} begin position of the row's first token
 * @param {number} end one past the position of the last
 * @returns {string}
 */
export function tooltipOfRow(tokens, begin, end) {
  if (end - begin === 1) return tooltipOf(tokens[begin], begin);
  const texts = tokens.slice(begin, end).map(({ text }) => stripBlanks(text));
  const positions = `positions ${begin} to ${end - 1}${writerOf(tokens[begin])}`;
  return `${cut(texts.join(" "), MAX_TOOLTIP_LETTERS)}\n${positions}`;
}

/**
 * @param {string} text
 * @returns {string} the text without surrounding blanks; symbols or code points if nothing is visible
 */
function visibleText(text) {
  const stripped = stripBlanks(text);
  if (PLAIN.test(stripped)) return stripped;
  if (/[^\p{C}\p{Z}]/u.test(stripped)) return stripped;
  if (text.includes("\n")) return "⏎";
  if (!stripped) return "␣";
  return [...text]
    .map((point) => `U+${point.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0")}`)
    .join(" ");
}

/**
 * Return the beginning of a text.
 * @param {string} text
 * @param {number} maxLetters
 * @returns {string} the text, or its beginning with an ellipsis, which counts as a letter
 */
export function cut(text, maxLetters) {
  // Most texts need no segmenter, which takes a microsecond per letter. The letter after the last kept one
  // could be an accent of it, so it has to be ASCII too.
  if (ASCII.test(text.slice(0, maxLetters + 1))) {
    return text.length <= maxLetters ? text : `${text.slice(0, maxLetters - 1)}…`;
  }
  // A letter is a grapheme cluster: an emoji of a family is one letter of many code units.
  const maxPoints = maxLetters * POINTS_PER_LETTER;
  const beginning = [...text.slice(0, 2 * maxPoints)].slice(0, maxPoints).join("");
  const letters = [];
  for (const { segment } of SEGMENTER.segment(beginning)) {
    letters.push(segment);
    if (letters.length > maxLetters) break;
  }
  if (letters.length <= maxLetters && beginning.length === text.length) return text;
  return `${letters.slice(0, Math.min(maxLetters, letters.length) - 1).join("")}…`;
}
