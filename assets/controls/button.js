// The buttons of the views.

import { appendElement } from "../drawing/element.js";

/** Milliseconds for which a button shows a notice. */
const NOTICE_MILLISECONDS = 3000;

/**
 * Append a button to an element.
 * @param {HTMLElement} parent
 * @param {string} text
 * @param {() => void} onClick
 * @returns {HTMLButtonElement}
 */
export function appendButton(parent, text, onClick) {
  const button = /** @type {HTMLButtonElement} */ (
    appendElement(parent, "button", "bertviz-button")
  );
  button.type = "button";
  button.textContent = text;
  button.addEventListener("click", onClick);
  return button;
}

/**
 * Append a button with a sign instead of words.
 * @param {HTMLElement} parent
 * @param {string} sign
 * @param {string} label the tooltip and the accessible name
 * @param {() => void} onClick
 * @returns {HTMLButtonElement}
 */
export function appendLabeledButton(parent, sign, label, onClick) {
  const button = appendButton(parent, sign, onClick);
  button.title = label;
  button.setAttribute("aria-label", label);
  return button;
}

/**
 * Append a button that is on or off; off at first.
 * @param {HTMLElement} parent
 * @param {string} text
 * @param {(isOn: boolean) => void} onChange
 */
export function createToggle(parent, text, onChange) {
  let isOn = false;
  const element = appendButton(parent, text, () => set(!isOn));
  element.setAttribute("aria-pressed", "false");

  /** @param {boolean} next */
  function set(next) {
    isOn = next;
    element.setAttribute("aria-pressed", String(isOn));
    onChange(isOn);
  }

  return {
    element,
    turnOff() {
      if (isOn) set(false);
    },
  };
}

/**
 * Show a notice instead of a button's label for three seconds.
 * @param {HTMLElement} button
 * @param {string} notice
 * @param {string} label
 */
export function showNotice(button, notice, label) {
  button.textContent = notice;
  setTimeout(() => {
    button.textContent = label;
  }, NOTICE_MILLISECONDS);
}
