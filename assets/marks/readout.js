// The highlighted token in one sentence, for readers who see the picture and for screen readers.

import { changeText, weightText } from "../core/text/number_format.js";
import { select } from "../vendor/d3.js";

/** @typedef {import("../core/state/highlighted_row.js").HighlightedRow} HighlightedRow */
/** @typedef {{name: string, text: string}} Phrase a text, and the name of its CSS class */

/** Number of tokens that are listed with their weights. */
const MAX_LISTED_TOKENS = 5;

/** The smallest weight in the list: smaller ones round to 0.00. */
const MIN_LISTED_WEIGHT = 0.005;

const HINT =
  "Point at a token, or go to it with Tab and the arrow keys. Click it or press Enter to pin it.";

const NO_HEAD = "No head is on. Click a square to see the lines of its head.";

/**
 * Create an empty sentence.
 * @param {HTMLElement} host
 */
export function createReadout(host) {
  const text = select(host).append("p").attr("class", "bertviz-readout").attr("role", "status");

  return {
    /**
     * Show the weights of a row, or a hint.
     * @param {HighlightedRow | null} row null shows the hint
     * @param {number} numHeads active heads
     * @param {number} [tokensPerRow] more than 1 if rows pool several tokens
     * @param {string} [hint] what the reader can do while no token is highlighted
     */
    show(row, numHeads, tokensPerRow = 1, hint = hintFor(numHeads, tokensPerRow)) {
      text.classed("bertviz-muted", row === null);
      text
        .selectAll("span")
        .data(row ? phrasesOf(row, tokensPerRow) : [{ name: "hint", text: hint }])
        .join("span")
        .attr("class", ({ name }) => `bertviz-${name}`)
        .text((phrase) => phrase.text);
    },
  };
}

/**
 * Return the hint for a figure.
 * @param {number} numHeads
 * @param {number} tokensPerRow
 * @returns {string}
 */
function hintFor(numHeads, tokensPerRow) {
  if (numHeads === 0) return NO_HEAD;
  if (tokensPerRow === 1) return HINT;
  return `${tokensPerRow} tokens per row; lines show their largest weights. Click a row to zoom in.`;
}

/**
 * Return the text for a highlighted row, phrase by phrase.
 * @param {HighlightedRow} row
 * @param {number} tokensPerRow
 * @returns {Phrase[]}
 */
function phrasesOf(row, tokensPerRow) {
  const { token, isPinned, subject, nameOf, weights, ranking, compared, numHeads } = row;
  const textOf = compared ? changeText : weightText;
  const listed = ranking.largest
    .slice(0, MAX_LISTED_TOKENS)
    .filter(({ weight }) => weight >= MIN_LISTED_WEIGHT)
    .map(({ index }) => ({ name: "listed", text: `${nameOf(index)} ${textOf(weights[index])}` }));
  const noun = compared ? "changes" : "weights";
  const none = compared ? "no change of 0.01 or more" : "no token with 0.01 or more";
  const notes = [];
  if (compared) notes.push(`compared with ${compared.name}`);
  if (tokensPerRow > 1) notes.push(`largest of ${tokensPerRow} × ${tokensPerRow} ${noun}`);
  if (numHeads > 1) notes.push(`mean of ${numHeads} heads`);
  return [
    { name: "subject", text: subject },
    { name: "verb", text: verbOf(token) },
    ...(listed.length ? listed : [{ name: "none", text: none }]),
    ...notes.map((text) => ({ name: "muted", text })),
    ...(isPinned ? [{ name: "pin-note", text: "pinned" }] : []),
  ];
}

/**
 * Return the verb of a sentence about one or several tokens.
 * @param {HighlightedRow["token"]} token
 * @returns {string}
 */
export function verbOf({ axis, others }) {
  if (axis === "query") return others ? "attend to" : "attends to";
  return others ? "are attended to by" : "is attended to by";
}
