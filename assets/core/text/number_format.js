// Numbers as the page writes them, with a minus sign instead of a hyphen.

/**
 * Return how many decimals, one to three, distinguish numbers of this size without too many digits.
 * @param {Iterable<number>} values infinite values are ignored
 * @returns {number}
 */
export function decimalsFor(values) {
  let largest = 0;
  for (const value of values)
    if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  if (largest < 100) return 3;
  return largest < 1000 ? 2 : 1;
}

/**
 * Return a weight with three decimals. A weight that is too small for them is not written as zero.
 * @param {number} weight 0 or more
 * @returns {string}
 */
export function weightText(weight) {
  return weight > 0 && weight < 0.001 ? "<0.001" : weight.toFixed(3);
}

/**
 * Return a number with fixed decimals. A number that rounds to zero has no minus sign.
 * @param {number} value
 * @param {number} decimals
 * @returns {string}
 */
export function fixedNumber(value, decimals) {
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}

/**
 * Return a number with at most four significant digits.
 * @param {number} value
 * @returns {string}
 */
export function shortNumber(value) {
  return String(Number(value.toPrecision(4))).replace("-", "−");
}

/**
 * Return an integer with commas between groups of three digits.
 * @param {number} value
 * @returns {string}
 */
export function groupedNumber(value) {
  return value.toLocaleString("en-US");
}
