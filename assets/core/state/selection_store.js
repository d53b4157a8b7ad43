// Stores the selection of one view, or of all views of a page.

import { selectionFromLink } from "./link.js";
import { initialSelection } from "./selection.js";

/** @typedef {import("./selection.js").InitialChoices} InitialChoices */
/** @typedef {import("./selection.js").Selection} Selection */

/**
 * @callback Listener
 * @param {Selection} after
 * @param {Selection} before
 */

/**
 * @typedef {object} SelectionStore
 * @property {() => Selection} get
 * @property {(next: Selection) => void} set also calls all listeners
 * @property {(listener: Listener) => () => void} subscribe returns a function that unsubscribes
 */

/**
 * @param {InitialChoices} choices
 * @param {URLSearchParams} [parameters] of a link; they take precedence over the initial choices
 * @returns {SelectionStore}
 */
function createSelectionStore(choices, parameters = new URLSearchParams()) {
  let selection = selectionFromLink(parameters, initialSelection(choices));
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
const sharedStores = new Map();

/**
 * Return the store that all views with a name share. The first call for a name creates the store; later
 * calls ignore the choices and the parameters. Without a name, return a new store.
 * @param {string | undefined} name
 * @param {InitialChoices} [choices]
 * @param {URLSearchParams} [parameters] of a link; they take precedence over the initial choices
 * @returns {SelectionStore}
 */
export function getSelectionStore(name, choices = {}, parameters = undefined) {
  if (!name) return createSelectionStore(choices, parameters);
  const store = sharedStores.get(name) ?? createSelectionStore(choices, parameters);
  sharedStores.set(name, store);
  return store;
}
