// What stands under a saved picture: which model on which texts.

import { stripBlanks } from "./blanks.js";

/** @typedef {import("../data/wire.js").Manifest} Manifest */
/** @typedef {import("../data/wire.js").Token} Token */

/** A commit: its first characters tell it from all others. */
const COMMIT = /^([0-9a-f]{12})[0-9a-f]{28}$/;

/**
 * @param {Manifest} manifest
 * @returns {string[]} a line on the model, and one a text
 */
export function captionOf({ model: { model_id, revision }, source, target }) {
  const [, commit] = COMMIT.exec(revision) ?? [];
  const [first, second] = [textOf(source, "A"), textOf(source, "B")];
  const texts = target ? [`Source: ${first}`, `Target: ${textOf(target, "A")}`] : [first];
  if (second) texts.splice(0, 1, `A: ${first}`, `B: ${second}`);
  return [commit ? `${model_id}, commit ${commit}` : model_id, ...texts];
}

/**
 * The reader's own text, as far as the model read it: what stands between two tokens, which no token
 * covers, is blank.
 * @param {Token[]} tokens
 * @param {"A" | "B"} segment
 * @returns {string}
 */
function textOf(tokens, segment) {
  let text = "";
  let reached = 0;
  for (const { text: piece, segment: own, special, start, end } of tokens) {
    // Tokens that share characters have the same piece.
    if (own !== segment || special || end <= reached) continue;
    text += start > reached && text ? ` ${piece}` : piece;
    reached = end;
  }
  return stripBlanks(text);
}

/**
 * Numbers in words: neighbours as a span.
 * @param {string} noun of one
 * @param {number[]} numbers at least one
 * @returns {string} such as "heads 0 to 3 and 7"
 */
export function numbersInWords(noun, numbers) {
  /** @type {[number, number][]} */
  const spans = [];
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const last = spans.at(-1);
    if (last && number === last[1] + 1) last[1] = number;
    else spans.push([number, number]);
  }
  const words = spans.flatMap(([first, last]) => {
    if (last - first < 2) return first === last ? [`${first}`] : [`${first}`, `${last}`];
    return [`${first} to ${last}`];
  });
  const list = words.length > 1 ? `${words.slice(0, -1).join(", ")} and ${words.at(-1)}` : words[0];
  return `${noun}${numbers.length > 1 ? "s" : ""} ${list}`;
}
