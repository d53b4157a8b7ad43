// The page's address, which is always a link to what the page shows, and the browser's history: Back
// undoes a run, a change of the layer and a change of the view.

import { linkParameters } from "../core/state/link.js";
import { onBack, onOpen, onShown, restoreSelection } from "../views/page_events.js";
import { nextEntry } from "./history_entry.js";
import { createLinkButton } from "./link_button.js";
import { MemoryHistory } from "./memory_history.js";
import { goToView, onTabOpened, openViewOf } from "./tabs.js";

/** @typedef {import("../core/state/selection.js").ViewName} ViewName */
/** @typedef {import("../views/page_events.js").Shown} Shown */
/** @typedef {import("./history_entry.js").HistoryEntry} HistoryEntry */
/** @typedef {import("./page_place.js").PagePlace} PagePlace */

/**
 * Keep the address and the history up to date, and offer a link to copy. In the document of another
 * page, keep the history in memory.
 * @param {Window} window
 * @param {string[]} requestNames the names of a request's fields in a link
 * @param {PagePlace} place
 */
export function keepPageHistory(window, requestNames, place) {
  new PageHistory(window, requestNames, place).listen();
}

class PageHistory {
  #window;
  #requestNames;
  #place;
  #history;
  #button;
  /** @type {Partial<Shown>} */
  #shown = {};
  /** @type {HistoryEntry | null} the current entry, also of a page that was reloaded */
  #entry;
  /** @type {ViewName | null} a view whose tab Gradio opens after the current event */
  #opening = null;
  /** Whether the reader opened that view with a button of another view. */
  #isOpened = false;
  #isScheduled = false;

  /**
   * @param {Window} window
   * @param {string[]} requestNames
   * @param {PagePlace} place
   */
  constructor(window, requestNames, place) {
    this.#window = window;
    this.#requestNames = requestNames;
    this.#place = place;
    this.#history = place.isOwn
      ? window.history
      : new MemoryHistory((state) => this.#onState(state));
    this.#button = createLinkButton(window.document);
    this.#entry = this.#history.state?.bertviz ?? null;
  }

  listen() {
    const { document } = this.#window;
    onShown(document, (shown) => {
      this.#shown = { ...this.#shown, ...shown };
      this.#schedule();
    });
    onTabOpened(document, () => {
      this.#opening = null;
      this.#schedule();
    });
    onOpen(document, (view) => {
      this.#isOpened = true;
      this.#open(view);
    });
    onBack(document, () => this.#goBack());
    if (this.#place.isOwn) {
      this.#window.addEventListener("popstate", ({ state }) => this.#onState(state));
    }
  }

  /** @param {any} state of the entry to which the history has gone */
  #onState(state) {
    if (state?.bertviz) this.#restore(state.bertviz);
  }

  /** @param {ViewName} view */
  #open(view) {
    this.#opening = view;
    goToView(this.#window.document, view);
    this.#schedule();
  }

  /** Write the state after the current event, which may change the result, the selection and the view. */
  #schedule() {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.#write();
    });
  }

  #write() {
    const { document, location } = this.#window;
    const history = this.#history;
    const { origin, selection } = this.#shown;
    if (!selection) return;
    const view = this.#opening ?? openViewOf(document);
    const state = { view, selection, request: origin?.request };
    const entry = nextEntry(this.#entry, state, this.#isOpened);
    const isStep = this.#entry !== null && entry.index > this.#entry.index;
    const search = this.#place.isOwn ? location.search : "";
    const query = linkedQuery(search, this.#requestNames, this.#shown, view);
    const address = `${location.pathname}?${query}`;
    const stored = { ...history.state, bertviz: entry };
    if (isStep) history.pushState(stored, "", address);
    else history.replaceState(stored, "", address);
    this.#entry = entry;
    this.#isOpened = false;
    this.#button.update(origin?.request, this.#place.link(query));
    this.#place.report(query);
  }

  /** Go to the entry in which the reader opened this view. */
  #goBack() {
    const { index = 0, openedFrom = null } = this.#entry ?? {};
    this.#history.go(openedFrom === null ? -1 : openedFrom - index);
  }

  /** @param {HistoryEntry} entry to which the browser has gone */
  #restore(entry) {
    const { document, location } = this.#window;
    this.#entry = entry;
    const isOther = entry.request && entry.request !== this.#shown.origin?.request;
    if (isOther && this.#place.isOwn) {
      // The address is a link to the earlier result: the page runs it again.
      location.reload();
      return;
    }
    if (entry.view && entry.view !== openViewOf(document)) this.#open(entry.view);
    restoreSelection(document, entry.selection);
  }
}

/**
 * Return the query string of a link to what the page shows. Other parts of the current query string,
 * such as the theme, are kept.
 * @param {string} search the current query string
 * @param {string[]} requestNames
 * @param {Partial<Shown>} shown
 * @param {string} [view] the name of the open view; the head view's is left out
 * @returns {URLSearchParams}
 */
export function linkedQuery(search, requestNames, { origin, selection }, view = "") {
  const query = new URLSearchParams(search);
  for (const name of requestNames) query.delete(name);
  for (const [name, value] of new URLSearchParams(origin?.request ?? "")) query.append(name, value);
  const choices = selection ? linkParameters(selection) : {};
  for (const [name, value] of Object.entries({ ...choices, view: view === "head" ? "" : view })) {
    query.delete(name);
    if (value) query.append(name, value);
  }
  return query;
}
