// Buttons for actions that differ from draw to draw.

import { appendButton } from "./button.js";

/**
 * @typedef {object} Action
 * @property {string} text
 * @property {() => void} run
 */

/**
 * Create buttons in an element that may have others; `show` shows them.
 * @param {HTMLElement} host
 */
export function createActionButtons(host) {
  /** @type {HTMLButtonElement[]} */
  const buttons = [];
  /** @type {Action[]} */
  let shown = [];

  return {
    /** @param {Action[]} actions */
    show(actions) {
      shown = actions;
      // A button that stays keeps the focus.
      for (let at = buttons.length; at < actions.length; at++) {
        buttons.push(appendButton(host, "", () => shown[at]?.run()));
      }
      for (const [at, button] of buttons.entries()) {
        button.hidden = at >= actions.length;
        button.textContent = actions[at]?.text ?? "";
      }
    },
  };
}
