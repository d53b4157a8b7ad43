// A button that copies a text.

import { appendButton, showNotice } from "./button.js";
import { copyText } from "./clipboard.js";

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
    showNotice(button, isCopied ? "Copied" : "Your browser refuses to copy", label);
  });
  return button;
}
