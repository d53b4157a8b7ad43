// What the browser's history stores of the page, and which changes are steps that Back undoes.

/** @typedef {import("../core/state/selection.js").Selection} Selection */
/** @typedef {import("../core/state/selection.js").ViewName} ViewName */

/**
 * A state of the page.
 * @typedef {object} HistoryEntry
 * @property {ViewName | undefined} view the open view
 * @property {Selection} selection
 * @property {string | null | undefined} request query string of a link that requests the result on the
 *   page (views/page_events.js); undefined without a result
 * @property {number} index how many steps of this page precede the entry
 * @property {number | null} openedFrom the index of the entry in which the reader opened this view with a
 *   button of another view; null for none
 */

/**
 * Return the entry for the current state of the page. It follows the last entry if the change is a step:
 * a run, another layer or another view. Otherwise it replaces the last entry.
 * @param {HistoryEntry | null} last null for the first state of a page
 * @param {Pick<HistoryEntry, "view" | "selection" | "request">} state
 * @param {boolean} isOpened whether the reader has just opened the view with a button of another view
 * @returns {HistoryEntry}
 */
export function nextEntry(last, state, isOpened) {
  if (!last) return { ...state, index: 0, openedFrom: null };
  const index = last.index + Number(isStep(last, state));
  const openedFrom = isOpened ? last.index : last.openedFrom;
  return { ...state, index, openedFrom: state.selection.cameFrom === null ? null : openedFrom };
}

/**
 * @param {HistoryEntry} last
 * @param {Pick<HistoryEntry, "view" | "selection" | "request">} state
 * @returns {boolean}
 */
function isStep(last, { view, selection, request }) {
  const isOtherView = last.view !== undefined && view !== last.view;
  const isOtherResult = last.request !== undefined && request !== last.request;
  return isOtherView || isOtherResult || selection.layer !== last.selection.layer;
}
