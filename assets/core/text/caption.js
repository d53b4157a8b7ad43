// The caption of a saved picture: the model, the texts, which tokens the model wrote, the interventions, and the
// run that the result is compared with.

import { interventionsInWords } from "../data/interventions_in_words.js";
import { modelName } from "./model_name.js";
import { otherRunWithCommit } from "./other_run.js";
import { rangesOf } from "./ranges.js";
import { textsOf } from "./texts_read.js";
import { writtenNote } from "./written_note.js";

/** @typedef {import("../data/wire.js").Manifest} Manifest */

/**
 * Return the lines of a caption: one for the model, one for each text, one for the tokens that the model
 * wrote, if there are any, one for the interventions, if there are any, and one for the run that the result is
 * compared with, if there is one.
 * @param {Manifest} manifest
 * @returns {string[]}
 */
export function captionOf(manifest) {
  const notes = [writtenNote(manifest), interventionNote(manifest), comparisonNote(manifest)];
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
 * Return the run that a result is compared with.
 * @param {Pick<Manifest, "compared">} manifest
 * @returns {string} empty for none
 */
function comparisonNote(manifest) {
  const name = otherRunWithCommit(manifest);
  return name && `Compared with ${name}.`;
}

/**
 * Return one line for the model, and one for each text.
 * @param {Pick<Manifest, "model" | "source" | "target">} manifest
 * @returns {string[]}
 */
export function modelAndTexts({ model, source, target }) {
  const texts = textsOf(source, target).map(([name, text]) => (name ? `${name}: ${text}` : text));
  return [modelName(model), ...texts];
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
