// A labeled field for a list of numbers and ranges, with a message below it while the list is wrong.

import { rangeError } from "../core/text/range_error.js";
import { formatRanges, parseRanges } from "../core/text/ranges.js";
import { appendCheckedField } from "./checked_field.js";

/** Maximum length of a list, in code units. */
const MAX_LENGTH = 200;

/**
 * @typedef {object} RangeFieldOptions
 * @property {string} label such as "Layers"
 * @property {string} noun what a number stands for, such as "layer"
 * @property {(numbers: number[] | null) => void} onChange called when the reader presses Enter or leaves
 *   the changed field, unless the list is wrong; null means all numbers
 */

/**
 * Create the field; `draw` fills it.
 * @param {HTMLElement} host an empty element for this field only
 * @param {RangeFieldOptions} options
 */
export function createRangeField(host, { label, noun, onChange }) {
  const { field, showError } = appendCheckedField(host, label);
  field.placeholder = "all";
  field.title = "Numbers and ranges, such as 0-3, 7";
  field.size = 8;
  field.maxLength = MAX_LENGTH;
  /** @type {number[]} */
  let available = [];
  /** The list that the picture shows. */
  let shown = "";
  let isWrong = false;

  function check() {
    const error = rangeError(field.value, noun, available);
    isWrong = error !== "";
    showError(error);
  }

  field.addEventListener("input", () => {
    // Report an error when the reader leaves the field; from then on until the list is correct.
    if (isWrong) check();
  });
  field.addEventListener("change", () => {
    check();
    if (!isWrong) onChange(parseRanges(field.value));
  });

  return {
    /**
     * @param {number[] | null} numbers null for all
     * @param {number[]} existing the numbers that exist, at least one, ascending
     */
    draw(numbers, existing) {
      available = existing;
      const list = formatRanges(numbers);
      // A wrong list stays until the reader corrects it, or chooses another list by a link or Back.
      if (!isWrong || list !== shown) field.value = list;
      shown = list;
      check();
    },
  };
}
