// The events between a view and its page (page/page.js). The page owns the tabs, the browser's history
// and the address.

/** @typedef {import("../core/state/selection.js").Selection} Selection */
/** @typedef {import("../core/state/selection.js").ViewName} ViewName */

/**
 * Ask the page to open another view.
 * @param {HTMLElement} host of the view that asks
 * @param {{from: ViewName, view: ViewName, before: Selection, after: Selection}} detail the view that
 *   asks, the view to open, and the selections of both
 */
export function requestView(host, detail) {
  dispatch(host, "bertviz-open", detail);
}

/**
 * Ask the page to go back to the previous view.
 * @param {HTMLElement} host of the view that asks
 */
export function requestBack(host) {
  dispatch(host, "bertviz-back");
}

/**
 * Report to the page what its link contains.
 * @param {HTMLElement} host of the view that reports
 * @param {{request?: string | null, choices: Record<string, string>}} detail the request of a new
 *   result, and the choices of the reader
 */
export function reportShown(host, detail) {
  dispatch(host, "bertviz-shown", detail);
}

/**
 * Call a listener when the page goes back to an earlier selection.
 * @param {HTMLElement} host of a view
 * @param {(selection: Selection) => void} listener
 * @returns {() => void} removes the listener
 */
export function onRestore(host, listener) {
  const restore = (/** @type {Event} */ event) => {
    listener(/** @type {CustomEvent<Selection>} */ (event).detail);
  };
  host.addEventListener("bertviz-restore", restore);
  return () => host.removeEventListener("bertviz-restore", restore);
}

/**
 * @param {HTMLElement} host
 * @param {string} type
 * @param {object} [detail]
 */
function dispatch(host, type, detail) {
  host.dispatchEvent(new CustomEvent(type, { bubbles: true, detail }));
}
