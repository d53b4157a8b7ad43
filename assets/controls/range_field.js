// A labelled field for a list of numbers and ranges.

import { formatRanges, parseRanges } from "../core/text/ranges.js";

/**
 * @param {HTMLElement} host an empty element of its own
 * @param {string} label
 * @param {(numbers: number[] | null) => void} onChange Enter was pressed or the field left
 */
export function createRangeField(host, label, onChange) {
  const document = host.ownerDocument;
  const caption = host.appendChild(document.createElement("label"));
  caption.className = "bertviz-picker";
  caption.append(label);
  const field = caption.appendChild(document.createElement("input"));
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
