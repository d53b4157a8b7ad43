// A labeled field for a list of numbers and ranges.

import { formatRanges, parseRanges } from "../core/text/ranges.js";
import { appendElement } from "../drawing/element.js";
import { appendLabel } from "./label.js";

/**
 * Create the field; `draw` fills it.
 * @param {HTMLElement} host an empty element for this field only
 * @param {string} label
 * @param {(numbers: number[] | null) => void} onChange called when the reader presses Enter or leaves
 *   the changed field; null means all numbers
 */
export function createRangeField(host, label, onChange) {
  const field = /** @type {HTMLInputElement} */ (
    appendElement(appendLabel(host, label), "input", "")
  );
  field.placeholder = "all";
  field.title = "Numbers and ranges, such as 0-3, 7";
  field.size = 8;
  field.addEventListener("input", () => field.setCustomValidity(""));
  field.addEventListener("change", () => {
    try {
      onChange(parseRanges(field.value));
    } catch (error) {
      field.setCustomValidity(/** @type {Error} */ (error).message);
      field.reportValidity();
    }
  });

  return {
    /** @param {number[] | null} numbers */
    draw(numbers) {
      field.value = formatRanges(numbers);
      field.setCustomValidity("");
    },
  };
}
