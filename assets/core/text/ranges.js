// Lists of numbers as readers write them, such as 0-3, 7.

import { stripBlanks } from "./blanks.js";

/** A number or a range. */
const RANGE = /^(\d{1,4})(?:\p{White_Space}*[-–]\p{White_Space}*(\d{1,4}))?$/u;

const SYNTAX = "Enter numbers and ranges, such as 0-3, 7. Leave the field empty for all.";

/**
 * Parse a list of numbers and ranges. A range that runs backwards contains no number.
 * @param {string} text
 * @returns {number[] | null} the numbers without duplicates, ascending; null for a blank text, which
 *   means all
 * @throws {Error} with a message for the reader, if the text is not a list of numbers
 */
export function parseRanges(text) {
  if (!stripBlanks(text)) return null;
  const numbers = text.split(",").flatMap((part) => {
    const found = stripBlanks(part).match(RANGE);
    if (!found) throw new Error(SYNTAX);
    const [first, last] = [Number(found[1]), Number(found[2] ?? found[1])];
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, step) => first + step);
  });
  return [...new Set(numbers)].sort((a, b) => a - b);
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
