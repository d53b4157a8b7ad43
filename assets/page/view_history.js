// Steps from one view to another as entries of the browser's history: Back returns to the view and to
// the selection that the reader left. views/page_events.js dispatches the events.

import { firstViewOf } from "./elements.js";
import { goToView } from "./tabs.js";

/** @typedef {import("../core/state/selection.js").Selection} Selection */
/** @typedef {import("../core/state/selection.js").ViewName} ViewName */
/** @typedef {import("../views/page_events.js").Step} Step */

/** @param {Window} window */
export function keepViewHistory(window) {
  const { document, history } = window;
  /**
   * @param {ViewName} view
   * @param {Selection} selection
   */
  const entry = (view, selection) => ({ ...history.state, bertviz: { view, selection } });
  document.body.addEventListener("bertviz-open", (event) => {
    const { from, view, before, after } = /** @type {CustomEvent<Step>} */ (event).detail;
    history.replaceState(entry(from, before), "");
    history.pushState(entry(view, after), "");
    goToView(document, view);
  });
  document.body.addEventListener("bertviz-back", () => history.back());
  window.addEventListener("popstate", ({ state }) => {
    if (!state?.bertviz) return;
    const { view, selection } = state.bertviz;
    goToView(document, view);
    // The views share one selection: one of them passes it on to all.
    firstViewOf(document).dispatchEvent(new CustomEvent("bertviz-restore", { detail: selection }));
  });
}
