// Lists of numbers as readers write them, such as 0-3, 7.

/**
 * Parse a list of numbers and ranges. A range that runs backwards contains no number.
 * @param {string} text
 * @returns {number[] | null} the numbers without duplicates, ascending; null for a blank text, which
 *   means all
 * @throws {Error} with a message for the reader, if the text is not a list of numbers
 */
export function parseRanges(text) {
  if (!text.trim()) return null;
  const numbers = text.split(",").flatMap((part) => {
    const found = part.trim().match(/^(\d{1,4})(?:\s*[-–]\s*(\d{1,4}))?$/);
    if (!found) throw new Error("Write numbers and ranges, such as 0-3, 7. Nothing means all.");
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
  /** @type {[number, number][]} */
  const ranges = [];
  for (const number of numbers ?? []) {
    const last = ranges.at(-1);
    if (last && number === last[1] + 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges
    .map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`))
    .join(", ");
}
