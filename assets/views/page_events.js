// The events between a view and its page (page/page.js). The page owns the tabs, the browser's history
// and the address.

/** @typedef {import("../core/state/selection.js").Selection} Selection */
/** @typedef {import("../core/state/selection.js").ViewName} ViewName */

/**
 * Indices of some fields of the page, in the order of `Fields.request` (bertviz_space/page/fields.py).
 * `numTokens` comes before temperature, top-p and seed.
 */
export const FIELDS = {
  text: 1,
  chat: 6,
  numTokens: 8,
  interventions: 12,
  otherText: 13,
  otherModel: 14,
};

/** @typedef {string | boolean | number | null} FieldValue the value of a field of the page; null if empty */

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
 * @property {Selection} selection what the reader chose in the views
 */

/**
 * Ask the page to open another view.
 * @param {HTMLElement} host of the view that asks
 * @param {ViewName} view the view to open
 */
export function requestView(host, view) {
  dispatch(host, "bertviz-open", { view });
}

/**
 * Call a listener when a view asks the page to open another view.
 * @param {Document} document
 * @param {(view: ViewName) => void} listener
 */
export function onOpen(document, listener) {
  document.body.addEventListener("bertviz-open", (event) => {
    listener(/** @type {CustomEvent<{view: ViewName}>} */ (event).detail.view);
  });
}

/**
 * Ask the page to go back to the previous view.
 * @param {HTMLElement} host of the view that asks
 */
export function requestBack(host) {
  dispatch(host, "bertviz-back");
}

/**
 * Call a listener when a view asks the page to go back to the previous view.
 * @param {Document} document
 * @param {() => void} listener
 */
export function onBack(document, listener) {
  document.body.addEventListener("bertviz-back", listener);
}

/**
 * Ask the page to run its text with interventions.
 * @param {HTMLElement} host of the view that asks
 * @param {string} interventions as links spell them, separated by commas; empty for none
 */
export function requestInterventions(host, interventions) {
  dispatch(host, "bertviz-intervene", { interventions });
}

/**
 * Call a listener when a view asks for a run with interventions.
 * @param {Document} document
 * @param {(interventions: string) => void} listener
 */
export function onIntervene(document, listener) {
  document.body.addEventListener("bertviz-intervene", (event) => {
    listener(/** @type {CustomEvent<{interventions: string}>} */ (event).detail.interventions);
  });
}

/**
 * Ask the page to run its text without a comparison.
 * @param {HTMLElement} host of the view that asks
 */
export function requestEndOfComparison(host) {
  dispatch(host, "bertviz-end-comparison");
}

/**
 * Call a listener when a view asks for a run without a comparison.
 * @param {Document} document
 * @param {() => void} listener
 */
export function onEndOfComparison(document, listener) {
  document.body.addEventListener("bertviz-end-comparison", listener);
}

/**
 * Ask the page to let the reader edit the text with what the model wrote.
 * @param {HTMLElement} host of the view that asks
 * @param {string} written the text after the reader's own
 */
export function requestEdit(host, written) {
  dispatch(host, "bertviz-edit", { written });
}

/**
 * Call a listener when a view asks to edit the text with what the model wrote.
 * @param {Document} document
 * @param {(written: string) => void} listener
 */
export function onEdit(document, listener) {
  document.body.addEventListener("bertviz-edit", (event) => {
    listener(/** @type {CustomEvent<{written: string}>} */ (event).detail.written);
  });
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
 * Go back to an earlier selection.
 * @param {Document} document
 * @param {Selection} selection
 */
export function restoreSelection(document, selection) {
  // The views share one selection: the first one passes it on to all.
  const [first] = hostsOf(document);
  if (first) dispatch(first, "bertviz-restore", selection);
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
