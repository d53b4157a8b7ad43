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
 * Return a number with fixed decimals and its sign. A number that rounds to zero has none.
 * @param {number} value
 * @param {number} decimals
 * @returns {string}
 */
export function signedNumber(value, decimals) {
  const text = fixedNumber(value, decimals);
  return Number(text) > 0 ? `+${text}` : text;
}

/** Decimals of a weight. */
const WEIGHT_DECIMALS = 3;
/** The smallest weight that is written as a number, unless it is 0. */
const MIN_WEIGHT = 0.001;

/**
 * Return an attention weight as text.
 * @param {number} weight from 0 to 1
 * @returns {string} three decimals; "<0.001" for a smaller weight that is not 0
 */
export function weightText(weight) {
  if (weight > 0 && weight < MIN_WEIGHT) return `<${MIN_WEIGHT}`;
  return fixedNumber(weight, WEIGHT_DECIMALS);
}

/**
 * Return the difference between two attention weights as text.
 * @param {number} change from -1 to 1; NaN if it is not known
 * @returns {string} three decimals, with a sign; empty for NaN
 */
export function changeText(change) {
  return Number.isNaN(change) ? "" : signedNumber(change, WEIGHT_DECIMALS);
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
