// Where a selection lives: one for a view alone, or one for the views of a page together.

import { selectionFromLink } from "./link.js";
import { initialSelection } from "./selection.js";

/** @typedef {import("./selection.js").Selection} Selection */

/**
 * @callback Listener
 * @param {Selection} after
 * @param {Selection} before
 */

/**
 * @typedef {object} SelectionStore
 * @property {() => Selection} get
 * @property {(next: Selection) => void} set and tell all listeners
 * @property {(listener: Listener) => () => void} subscribe returns what ends it
 */

/** @typedef {import("./selection.js").InitialChoices} InitialChoices */

/**
 * @param {InitialChoices} start
 * @param {URLSearchParams} [query] of a link, whose choices come before those of the start
 * @returns {SelectionStore}
 */
function createSelectionStore(start, query = new URLSearchParams()) {
  let selection = selectionFromLink(query, initialSelection(start));
  /** @type {Set<Listener>} */
  const listeners = new Set();
  return {
    get: () => selection,
    set(next) {
      const before = selection;
      selection = next;
      for (const listener of [...listeners]) listener(next, before);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** @type {Map<string, SelectionStore>} */
const shared = new Map();

/**
 * The store that all views with this name share; the first of them says what it starts with. Views
 * without a name never touch each other.
 * @param {string | undefined} name
 * @param {InitialChoices} [start]
 * @param {URLSearchParams} [query] of a link
 * @returns {SelectionStore}
 */
export function getSelectionStore(name, start = {}, query = undefined) {
  if (!name) return createSelectionStore(start, query);
  const known = shared.get(name) ?? createSelectionStore(start, query);
  shared.set(name, known);
  return known;
}
