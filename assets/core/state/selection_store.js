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
 * @property {() => void} reset returns to the initial choices, as `set` does
 * @property {(model: string, isFirst: boolean) => void} startModel returns to the initial choices if the
 *   model is another one than before; keeps the palette. The first result of a view changes nothing: the
 *   view may have opened with a result that the other views have replaced.
 * @property {(listener: Listener) => () => void} subscribe returns a function that unsubscribes
 */

/**
 * @param {InitialChoices} choices
 * @param {URLSearchParams} [parameters] of a link; they take precedence over the initial choices
 * @returns {SelectionStore}
 */
function createSelectionStore(choices, parameters = new URLSearchParams()) {
  const initial = initialSelection(choices);
  let selection = selectionFromLink(parameters, initial);
  /** @type {string | null} */
  let currentModel = null;
  /** @type {Set<Listener>} */
  const listeners = new Set();
  /** @param {Selection} next */
  const set = (next) => {
    const before = selection;
    selection = next;
    for (const listener of [...listeners]) listener(next, before);
  };
  return {
    get: () => selection,
    set,
    reset: () => set(initial),
    startModel(model, isFirst) {
      currentModel ??= model;
      if (isFirst || model === currentModel) return;
      currentModel = model;
      set({ ...initial, palette: selection.palette });
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
