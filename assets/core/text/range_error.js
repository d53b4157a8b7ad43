// What is wrong with a list of layers or heads, and which lists are possible.

import { numbersInWords } from "./caption.js";
import { formatRanges, parseRanges } from "./ranges.js";

/**
 * Return what is wrong with a list of numbers and ranges, and what is possible.
 * @param {string} text
 * @param {string} noun what a number stands for, such as "layer"
 * @param {number[]} available the numbers that exist, at least one, ascending
 * @returns {string} sentences for the reader; empty if the text is a list of available numbers
 */
export function rangeError(text, noun, available) {
  const problem = problemOf(text, noun, available);
  return problem && `${problem} ${possibilities(noun, available)}`;
}

/**
 * @param {string} text
 * @param {string} noun
 * @param {number[]} available
 * @returns {string}
 */
function problemOf(text, noun, available) {
  try {
    const exists = new Set(available);
    const missing = (parseRanges(text) ?? []).filter((number) => !exists.has(number));
    if (missing.length === 0) return "";
    return `There ${missing.length > 1 ? "are" : "is"} no ${numbersInWords(noun, missing)}.`;
  } catch (error) {
    return /** @type {Error} */ (error).message;
  }
}

/**
 * @param {string} noun
 * @param {number[]} available
 * @returns {string} such as "Layers are numbered 0 to 5. Write for example 0-3, 5."
 */
function possibilities(noun, available) {
  if (available.length === 1) return `There is only ${numbersInWords(noun, available)}.`;
  const all = numbersInWords(noun, available);
  const last = available[available.length - 1];
  // Without the first numbers' neighbor, so that the example has a range and a single number.
  const beginning = available.filter((number) => number < last - 1).slice(0, 4);
  const example = formatRanges([...beginning, last]);
  return `${capitalized(all.replace(" ", " are numbered "))}. Write for example ${example}.`;
}

/**
 * @param {string} text
 * @returns {string}
 */
function capitalized(text) {
  return text[0].toUpperCase() + text.slice(1);
}
