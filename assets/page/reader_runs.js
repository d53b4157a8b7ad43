// The ways in which a reader starts a run.

import { compareOf, examplesOf, ownFileOf, runButtonOf, toggleOf } from "./elements.js";

/**
 * Call a listener when a reader presses Run or Compare, or chooses an example or a file.
 * @param {Document} document
 * @param {() => void} listener
 */
export function onRun(document, listener) {
  runButtonOf(document).addEventListener("click", listener);
  for (const popover of [examplesOf(document), compareOf(document)]) {
    popover.addEventListener("click", ({ target }) => {
      const button = /** @type {Element} */ (target).closest("button");
      if (button && button !== toggleOf(popover)) listener();
    });
  }
  ownFileOf(document).addEventListener("change", listener);
}
