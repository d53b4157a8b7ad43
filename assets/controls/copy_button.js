// A button that copies a text.

import { appendButton } from "./button.js";
import { copyText } from "./clipboard.js";

const NOTICE_MILLISECONDS = 3000;

/**
 * Append a button that copies a text, and says for three seconds whether it has.
 * @param {HTMLElement} parent
 * @param {string} label
 * @param {() => string} getText
 * @returns {HTMLButtonElement}
 */
export function createCopyButton(parent, label, getText) {
  const button = appendButton(parent, label, async () => {
    const isCopied = await copyText(getText(), button.ownerDocument);
    button.textContent = isCopied ? "Copied" : "Your browser refuses to copy";
    setTimeout(() => {
      button.textContent = label;
    }, NOTICE_MILLISECONDS);
  });
  return button;
}
