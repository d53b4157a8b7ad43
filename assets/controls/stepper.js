// A control that steps through numbered things: a button for the previous one, the number of the current
// one, and a button for the next one.

import { appendElement } from "../drawing/element.js";
import { appendLabeledButton } from "./button.js";

/**
 * Create a hidden stepper; `show` shows it.
 * @param {HTMLElement} host an empty element for this control only
 * @param {string} noun what the reader steps through, singular and capitalized
 * @param {(direction: 1 | -1) => void} onStep
 */
export function createStepper(host, noun, onStep) {
  host.hidden = true;
  host.classList.add("bertviz-stepper");
  host.setAttribute("role", "group");
  host.setAttribute("aria-label", noun);
  appendElement(host, "span", "bertviz-muted").textContent = noun;
  appendLabeledButton(host, "‹", `Previous ${noun.toLowerCase()}`, () => onStep(-1));
  const place = appendElement(host, "output", "");
  appendLabeledButton(host, "›", `Next ${noun.toLowerCase()}`, () => onStep(1));

  return {
    /**
     * Show the control.
     * @param {number | null} index of the current thing, from 0; null for none
     * @param {number} count
     */
    show(index, count) {
      host.hidden = false;
      place.textContent = index === null ? `– of ${count}` : `${index + 1} of ${count}`;
      // As wide as the longest text, so that the buttons stay below the pointer.
      place.style.minWidth = `${`${count} of ${count}`.length}ch`;
    },
    hide() {
      host.hidden = true;
    },
  };
}
