// Lists of numbers as readers write them, such as 0-3, 7.

import { stripBlanks } from "./blanks.js";

/** A number or a range. */
const RANGE = /^(\d{1,4})(?:\p{White_Space}*[-–]\p{White_Space}*(\d{1,4}))?$/u;

/** Letters of the reader's text that an error message repeats. */
const MAX_QUOTED_LETTERS = 20;

/**
 * Parse a list of numbers and ranges.
 * @param {string} text
 * @returns {number[] | null} the numbers without duplicates, ascending; null for a blank text, which
 *   means all
 * @throws {Error} with a sentence for the reader, if the text is not a list of numbers
 */
export function parseRanges(text) {
  if (!stripBlanks(text)) return null;
  const numbers = text.split(",").flatMap((part) => {
    const range = stripBlanks(part);
    const found = range.match(RANGE);
    if (!found) throw new Error(`${quoted(range)} is not a number or a range.`);
    const [first, last] = [Number(found[1]), Number(found[2] ?? found[1])];
    if (last < first) throw new Error(`The range ${first}-${last} runs backward.`);
    return Array.from({ length: last - first + 1 }, (_, step) => first + step);
  });
  return [...new Set(numbers)].sort((a, b) => a - b);
}

/**
 * @param {string} text
 * @returns {string}
 */
function quoted(text) {
  const letters = [...text];
  const isCut = letters.length > MAX_QUOTED_LETTERS;
  return `“${letters.slice(0, MAX_QUOTED_LETTERS).join("")}${isCut ? "…" : ""}”`;
}

/**
 * Return the shortest list of numbers and ranges, such as "0-3, 7".
 * @param {number[] | null} numbers ascending; null for all
 * @returns {string} empty for all
 */
export function formatRanges(numbers) {
  return rangesOf(numbers ?? [])
    .map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`))
    .join(", ");
}

/**
 * Group numbers into ranges of successive numbers.
 * @param {number[]} numbers ascending
 * @returns {[first: number, last: number][]}
 */
export function rangesOf(numbers) {
  /** @type {[first: number, last: number][]} */
  const ranges = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last && number === last[1] + 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges;
}
