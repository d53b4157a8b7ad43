// The events between a view and its page (page/page.js). The page owns the tabs, the browser's history
// and the address.

/** @typedef {import("../core/state/selection.js").Selection} Selection */
/** @typedef {import("../core/state/selection.js").ViewName} ViewName */

/**
 * A step from one view to another.
 * @typedef {object} Step
 * @property {ViewName} from the view that the reader leaves
 * @property {ViewName} view the view to open
 * @property {Selection} before the selection in the view that the reader leaves
 * @property {Selection} after the selection in the view to open
 */

/**
 * What a link to a view contains.
 * @typedef {object} Shown
 * @property {string | null} [request] query string of the request of a new result, empty if it is too
 *   long for a link, null if the result comes from a reader's own file
 * @property {Record<string, string>} choices what the reader chose in the views, by the name in a link
 *   (core/state/link.js)
 */

/**
 * Ask the page to open another view.
 * @param {HTMLElement} host of the view that asks
 * @param {Step} step
 */
export function requestView(host, step) {
  dispatch(host, "bertviz-open", step);
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
 * @param {Shown} shown
 */
export function reportShown(host, shown) {
  dispatch(host, "bertviz-shown", shown);
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
