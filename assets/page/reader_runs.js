// The ways in which a reader starts a run.

import { examplesOf, ownFileOf, runButtonOf, toggleOf } from "./elements.js";

/**
 * Call a listener when a reader presses Run, or chooses an example or a file.
 * @param {Document} document
 * @param {() => void} listener
 */
export function onRun(document, listener) {
  runButtonOf(document).addEventListener("click", listener);
  const examples = examplesOf(document);
  examples.addEventListener("click", ({ target }) => {
    const button = /** @type {Element} */ (target).closest("button");
    if (button && button !== toggleOf(examples)) listener();
  });
  ownFileOf(document).addEventListener("change", listener);
}
