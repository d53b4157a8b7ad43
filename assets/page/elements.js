// The elements of Gradio that the page's behavior is attached to. bertviz_space/page/*.py names their
// ids; the id is the only handle that Gradio gives to an element. No other module looks up an id.

/** @typedef {import("../core/state/selection.js").ViewName} ViewName */

/** @type {ViewName[]} in the order of the tabs */
export const VIEW_NAMES = ["head", "model", "neuron", "matrix"];

/** @param {Document} document */
export const formOf = (document) => find(document, "#bertviz-inputs");

/** @param {Document} document */
export const runButtonOf = (document) => find(document, "#bertviz-run");

/** @param {Document} document */
export const textFieldOf = (document) =>
  /** @type {HTMLTextAreaElement} */ (find(document, "#bertviz-text textarea"));

/** @param {Document} document */
export const continueFieldOf = (document) =>
  /** @type {HTMLInputElement} */ (find(document, "#bertviz-continue :is(input, textarea)"));

/** @param {Document} document */
export const statusRowOf = (document) => find(document, "#bertviz-said");

/** @param {Document} document */
export const examplesOf = (document) => find(document, "#bertviz-examples");

/** @param {Document} document */
export const compareOf = (document) => find(document, "#bertviz-compare");

/**
 * Return the button that runs a comparison. Gradio 6.31 adds it when its popover is first opened.
 * @param {Document} document
 * @returns {HTMLElement | null}
 */
export const compareButtonOf = (document) => document.querySelector("#bertviz-compare-run");

/** @param {Document} document */
export const ownFileOf = (document) => find(document, "#bertviz-own-file");

/**
 * Return the button that opens and closes an accordion.
 * @param {HTMLElement} accordion
 */
export const toggleOf = (accordion) => find(accordion, "button");

/**
 * Return what the button of an accordion shows and hides.
 * @param {HTMLElement} accordion
 */
export const contentOf = (accordion) =>
  /** @type {HTMLElement} */ (toggleOf(accordion).nextElementSibling);

/** @param {Document} document */
export const linkButtonOf = (document) => find(document, "#bertviz-link");

/**
 * @param {Document} document
 * @param {ViewName} view
 */
export const tabOf = (document, view) =>
  // Gradio 6.31 gives the button of a tab the id of its panel, followed by "-button".
  find(document, `#bertviz-${view}-tab-button`);

/**
 * @param {Document} document
 * @param {ViewName} view
 */
export const panelOf = (document, view) => find(document, `#bertviz-${view}-tab`);

/**
 * Return whether a component is in the page: Gradio 6.31 removes a component that is not visible.
 * @param {Document} document
 * @param {string} id
 */
export const isInPage = (document, id) => find(document, `#${id}`) !== null;

/**
 * @param {Document | HTMLElement} parent
 * @param {string} selector
 * @returns {HTMLElement}
 */
function find(parent, selector) {
  return /** @type {HTMLElement} */ (parent.querySelector(selector));
}
