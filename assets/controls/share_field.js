// A labeled field for a number between 0 and 1, with a message below it while the number is wrong.

import { appendCheckedField } from "./checked_field.js";

/** A number that links spell in the same way (core/data/filter.js). */
const SHARE = /^(?:0|1|[01]?\.\d+)$/;

/** Steps between 0 and 1. */
const STEPS = 10_000;

const ERROR = "Enter a number between 0 and 1, such as 0.05.";

/**
 * @typedef {object} ShareFieldOptions
 * @property {string} label
 * @property {string} placeholder shown in an empty field
 * @property {number} unset the number of an empty field
 * @property {(share: number) => void} onChange called when the reader presses Enter or leaves the changed
 *   field, unless the number is wrong
 */

/**
 * Create the field; `draw` fills it.
 * @param {HTMLElement} host an empty element for this field only
 * @param {ShareFieldOptions} options
 */
export function createShareField(host, { label, placeholder, unset, onChange }) {
  const { field, showError } = appendCheckedField(host, label);
  field.placeholder = placeholder;
  field.inputMode = "decimal";
  field.size = 6;
  field.maxLength = 12;
  let shown = unset;
  let isWrong = false;

  /** @returns {number | null} null for a wrong number */
  function check() {
    const share = parseShare(field.value, unset);
    isWrong = share === null;
    showError(isWrong ? ERROR : "");
    return share;
  }

  field.addEventListener("input", () => {
    // Report an error when the reader leaves the field; from then on until the number is correct.
    if (isWrong) check();
  });
  field.addEventListener("change", () => {
    const share = check();
    if (share !== null) onChange(share);
  });

  return {
    /** @param {number} share */
    draw(share) {
      // A wrong number stays until the reader corrects it, or chooses another one by a link or Back.
      if (isWrong && share === shown) return;
      shown = share;
      field.value = share === unset ? "" : String(share);
      check();
    },
  };
}

/**
 * @param {string} text
 * @param {number} unset the number of an empty text
 * @returns {number | null} with four decimals at most; null for any other text
 */
function parseShare(text, unset) {
  const trimmed = text.trim().replace(",", ".");
  if (trimmed === "") return unset;
  if (!SHARE.test(trimmed) || Number(trimmed) > 1) return null;
  return Math.round(Number(trimmed) * STEPS) / STEPS;
}
