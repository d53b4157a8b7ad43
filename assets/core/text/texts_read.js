// The texts that a model read, as the reader wrote them.

import { stripBlanks } from "./blanks.js";

/** @typedef {import("../data/wire.js").Token} Token */

/**
 * Return the texts that a model read, each with its name. A single text has an empty name.
 * @param {Token[]} source
 * @param {Token[] | null} target
 * @returns {[name: string, text: string][]}
 */
export function textsOf(source, target) {
  const [first, second] = [textOf(source, "A"), textOf(source, "B")];
  /** @type {[string, string][]} */
  const texts = [[target ? "Source" : "", first]];
  if (second) texts.splice(0, 1, ["A", first], ["B", second]);
  if (target) texts.push(["Target", textOf(target, "A")]);
  return texts;
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
