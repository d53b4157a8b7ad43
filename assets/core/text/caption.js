// The caption of a saved picture: the model and the texts.

import { stripBlanks } from "./blanks.js";
import { rangesOf } from "./ranges.js";

/** @typedef {import("../data/wire.js").Manifest} Manifest */
/** @typedef {import("../data/wire.js").Token} Token */

/** A commit hash. Its first 12 characters identify the commit. */
const COMMIT = /^([0-9a-f]{12})[0-9a-f]{28}$/;

/**
 * Return the lines of a caption: one for the model, and one for each text.
 * @param {Manifest} manifest
 * @returns {string[]}
 */
export function captionOf({ model: { model_id, revision }, source, target }) {
  const [, commit] = COMMIT.exec(revision) ?? [];
  const [first, second] = [textOf(source, "A"), textOf(source, "B")];
  const texts = target ? [`Source: ${first}`, `Target: ${textOf(target, "A")}`] : [first];
  if (second) texts.splice(0, 1, `A: ${first}`, `B: ${second}`);
  return [commit ? `${model_id}, commit ${commit}` : model_id, ...texts];
}

/**
 * Return the part of the reader's text that tokens cover. The characters between two tokens, which
 * belong to no token, become one blank.
 * @param {Token[]} tokens
 * @param {"A" | "B"} segment
 * @returns {string}
 */
function textOf(tokens, segment) {
  let text = "";
  let reached = 0;
  for (const { text: piece, segment: own, special, start, end } of tokens) {
    // Tokens that share characters all have the same text, which is written once.
    if (own !== segment || special || end <= reached) continue;
    text += start > reached && text ? ` ${piece}` : piece;
    reached = end;
  }
  return stripBlanks(text);
}

/**
 * Return a noun with numbers, such as "heads 0 to 3 and 7".
 * @param {string} noun singular
 * @param {number[]} numbers at least one
 * @returns {string}
 */
export function numbersInWords(noun, numbers) {
  const words = rangesOf(numbers.toSorted((a, b) => a - b)).flatMap(([first, last]) => {
    if (last - first < 2) return first === last ? [`${first}`] : [`${first}`, `${last}`];
    return [`${first} to ${last}`];
  });
  const list = words.length > 1 ? `${words.slice(0, -1).join(", ")} and ${words.at(-1)}` : words[0];
  return `${noun}${numbers.length > 1 ? "s" : ""} ${list}`;
}
