// How a token is written in a picture and in its tooltip. Token text is data: never HTML.

import { stripBlanks } from "./blanks.js";

/** @typedef {import("../data/wire.js").Token} Token */

/** Letters of a label before it is cut; a word of 10,000 letters can be one token. */
const MAX_LETTERS = 16;
/** Letters of a label that stands for several tokens: it says where they begin too. */
const MAX_POOLED_LETTERS = 9;
/** Letters of a tooltip. */
const MAX_TOOLTIP_LETTERS = 200;
/** Code points of a letter on average, more than any emoji has: a letter can carry 10,000 accents. */
const POINTS_PER_LETTER = 16;
/** Letters that are seen as they are, one code unit each: most tokens of most texts. */
const PLAIN = /^[!-~]+$/;

/**
 * What stands in a token column: the text without the blanks around it, cut to a fitting length.
 * @param {Token} token
 * @returns {string}
 */
export function labelOf({ text, part: [k, n] }) {
  return cut(visible(text), MAX_LETTERS) + (n > 1 ? ` ${k}/${n}` : "");
}

/**
 * What a screen reader says of a token.
 * @param {Token} token
 * @param {number} position
 * @returns {string}
 */
export function accessibleNameOf(token, position) {
  return `${labelOf(token)}, position ${position}${token.special ? ", special token" : ""}`;
}

/**
 * What a tooltip says of a token.
 * @param {Token} token
 * @param {number} position
 * @returns {string}
 */
export function tooltipOf(token, position) {
  const text = cut(token.text, MAX_TOOLTIP_LETTERS);
  // A token of a reader's own file has no id, and a spelling of a vocabulary only if it shows one.
  const hasId = token.token_id >= 0;
  if (!hasId && token.vocabulary === token.text) return `${text}\nposition ${position}`;
  const vocabulary = cut(token.vocabulary, MAX_TOOLTIP_LETTERS);
  const id = hasId ? ` (id ${token.token_id})` : "";
  return `${text}\nposition ${position}, in the vocabulary ${vocabulary}${id}`;
}

/**
 * What stands in the column for a row: a token, or some neighbours taken together.
 * @param {Token[]} tokens of the whole axis
 * @param {number} begin position of the row's first token
 * @param {number} end one past its last
 * @returns {string}
 */
export function labelOfRow(tokens, begin, end) {
  if (end - begin === 1) return labelOf(tokens[begin]);
  return `#${begin} ${cut(visible(tokens[begin].text), MAX_POOLED_LETTERS)} …`;
}

/**
 * What a screen reader says of a row.
 * @param {Token[]} tokens
 * @param {number} begin
 * @param {number} end
 * @returns {string}
 */
export function accessibleNameOfRow(tokens, begin, end) {
  if (end - begin === 1) return accessibleNameOf(tokens[begin], begin);
  return `${end - begin} tokens, positions ${begin} to ${end - 1}`;
}

/**
 * What a tooltip says of a row.
 * @param {Token[]} tokens
 * @param {number} begin
 * @param {number} end
 * @returns {string}
 */
export function tooltipOfRow(tokens, begin, end) {
  if (end - begin === 1) return tooltipOf(tokens[begin], begin);
  const texts = tokens.slice(begin, end).map(({ text }) => stripBlanks(text));
  return `${cut(texts.join(" "), MAX_TOOLTIP_LETTERS)}\npositions ${begin} to ${end - 1}`;
}

/**
 * @param {string} text
 * @returns {string} the text, or signs that stand for what cannot be seen
 */
function visible(text) {
  const stripped = stripBlanks(text);
  if (PLAIN.test(stripped)) return stripped;
  if (/[^\p{C}\p{Z}]/u.test(stripped)) return stripped;
  if (text.includes("\n")) return "⏎";
  if (!stripped) return "␣";
  return [...text]
    .map((letter) => `U+${letter.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0")}`)
    .join(" ");
}

/**
 * @param {string} text
 * @param {number} most
 * @returns {string}
 */
function cut(text, most) {
  if (text.length <= most && PLAIN.test(text)) return text;
  // Letters as readers count them: an emoji family is one, however many code units it has.
  const mostPoints = most * POINTS_PER_LETTER;
  const beginning = [...text.slice(0, 2 * mostPoints)].slice(0, mostPoints).join("");
  const letters = [...new Intl.Segmenter().segment(beginning)];
  if (letters.length <= most && beginning.length === text.length) return text;
  const kept = letters.slice(0, Math.min(most, letters.length) - 1);
  return `${kept.map(({ segment }) => segment).join("")}…`;
}
