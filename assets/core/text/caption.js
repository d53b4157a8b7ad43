// The caption of a saved picture: the model, the texts, which tokens the model wrote, and the interventions.

import { interventionsInWords } from "../data/interventions_in_words.js";
import { stripBlanks } from "./blanks.js";
import { rangesOf } from "./ranges.js";
import { writtenNote } from "./written_note.js";

/** @typedef {import("../data/wire.js").Manifest} Manifest */
/** @typedef {import("../data/wire.js").Token} Token */

/** A commit hash. */
const COMMIT = /^[0-9a-f]{40}$/;
/** Characters of a commit hash that identify the commit. */
const COMMIT_LENGTH = 12;

/**
 * Return the commit of a revision, abbreviated.
 * @param {string} revision
 * @returns {string} empty for a revision that is not a commit
 */
export function commitOf(revision) {
  return COMMIT.test(revision) ? revision.slice(0, COMMIT_LENGTH) : "";
}

/**
 * Return the lines of a caption: one for the model, one for each text, one for the tokens that the model
 * wrote, if there are any, and one for the interventions, if there are any.
 * @param {Manifest} manifest
 * @returns {string[]}
 */
export function captionOf(manifest) {
  const notes = [writtenNote(manifest), interventionNote(manifest)];
  return [...modelAndTexts(manifest), ...notes.filter(Boolean)];
}

/**
 * Return the interventions of a result.
 * @param {Pick<Manifest, "intervened">} manifest
 * @returns {string} empty for none
 */
function interventionNote(manifest) {
  const words = interventionsInWords(manifest);
  return words.length ? `With interventions: ${words.join("; ")}.` : "";
}

/**
 * Return one line for the model, and one for each text.
 * @param {Pick<Manifest, "model" | "source" | "target">} manifest
 * @returns {string[]}
 */
export function modelAndTexts({ model: { model_id, revision }, source, target }) {
  const commit = commitOf(revision);
  const texts = textsOf(source, target).map(([name, text]) => (name ? `${name}: ${text}` : text));
  return [commit ? `${model_id}, commit ${commit}` : model_id, ...texts];
}

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
