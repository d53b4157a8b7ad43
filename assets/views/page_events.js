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

/** @typedef {string | boolean | null} FieldValue the value of a field of the page; null if empty */

/**
 * Where a result comes from.
 * @typedef {object} Origin
 * @property {string | null} request query string of a link that requests the result; empty if it is too
 *   long for a link, null if the result comes from a reader's own file
 * @property {FieldValue[] | null} fields what the page's fields contained; null if the result comes from
 *   a reader's own file
 */

/**
 * What the page knows of its views.
 * @typedef {object} Shown
 * @property {Origin} [origin] of a new result
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
 * Call a listener when a view reports what it shows.
 * @param {Document} document
 * @param {(shown: Shown) => void} listener
 */
export function onShown(document, listener) {
  document.body.addEventListener("bertviz-shown", (event) => {
    listener(/** @type {CustomEvent<Shown>} */ (event).detail);
  });
}

/**
 * Tell the views whether their picture shows what the page's fields contain.
 * @param {Document} document
 * @param {string} change what has changed, for the reader; empty if nothing has
 */
export function reportChange(document, change) {
  for (const host of hostsOf(document)) dispatch(host, "bertviz-changed", { change });
}

/**
 * Call a listener when a picture no longer shows what the page's fields contain, or shows it again.
 * @param {HTMLElement} host of the view
 * @param {(change: string) => void} listener
 * @returns {() => void} removes the listener
 */
export function onChange(host, listener) {
  const changed = (/** @type {Event} */ event) => {
    listener(/** @type {CustomEvent<{change: string}>} */ (event).detail.change);
  };
  host.addEventListener("bertviz-changed", changed);
  return () => host.removeEventListener("bertviz-changed", changed);
}

/**
 * Ask the views to report what they show.
 * @param {Document} document
 */
export function askForShown(document) {
  for (const host of hostsOf(document)) dispatch(host, "bertviz-ask");
}

/**
 * Call a listener when the page asks what a view shows.
 * @param {HTMLElement} host of the view
 * @param {() => void} listener
 * @returns {() => void} removes the listener
 */
export function onAsked(host, listener) {
  host.addEventListener("bertviz-ask", listener);
  return () => host.removeEventListener("bertviz-ask", listener);
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
 * @param {Document} document
 * @returns {NodeListOf<HTMLElement>}
 */
function hostsOf(document) {
  return document.querySelectorAll(".bertviz-host");
}

/**
 * @param {HTMLElement} host
 * @param {string} type
 * @param {object} [detail]
 */
function dispatch(host, type, detail) {
  host.dispatchEvent(new CustomEvent(type, { bubbles: true, detail }));
}
