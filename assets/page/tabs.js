// The tabs of the four views.

import { tabOf, VIEW_NAMES } from "./elements.js";

/** @typedef {import("../core/state/selection.js").ViewName} ViewName */

/**
 * Return the name of the view whose tab is open.
 * @param {Document} document
 * @returns {ViewName | undefined} undefined while Gradio builds the tabs
 */
export function openViewOf(document) {
  return VIEW_NAMES.find((view) => tabOf(document, view)?.getAttribute("aria-selected") === "true");
}

/**
 * Open the tab of a view and move the focus to it.
 * @param {Document} document
 * @param {ViewName} view
 */
export function goToView(document, view) {
  const tab = tabOf(document, view);
  tab.click();
  tab.focus();
}

/**
 * Open the tab that a link names. The head view's tab is open without a link.
 * @param {Document} document
 * @param {URLSearchParams} link
 */
export function openLinkedView(document, link) {
  const view = VIEW_NAMES.find((name) => name === link.get("view"));
  if (view && view !== "head") tabOf(document, view).click();
}

/**
 * Call a function after a reader opened another tab.
 * @param {Document} document
 * @param {() => void} listener
 */
export function onTabOpened(document, listener) {
  document.body.addEventListener("click", ({ target }) => {
    const isInTab = /** @type {Element} */ (target).closest?.("[role=tab]");
    // Gradio selects the tab after this event.
    if (isInTab) setTimeout(listener);
  });
}
