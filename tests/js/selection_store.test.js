import assert from "node:assert/strict";
import test from "node:test";
import { NOTHING_CHOSEN } from "../../assets/core/state/selection.js";
import { getSelectionStore } from "../../assets/core/state/selection_store.js";

test("views with the same name share a selection", () => {
  getSelectionStore("a page").set({ ...NOTHING_CHOSEN, layer: 3 });
  assert.equal(getSelectionStore("a page").get().layer, 3);
  assert.equal(getSelectionStore("another page").get().layer, 0);
});

test("views without a name have separate selections", () => {
  const first = getSelectionStore(undefined);
  first.set({ ...NOTHING_CHOSEN, layer: 3 });
  assert.equal(getSelectionStore(undefined).get().layer, 0);
});

test("a listener receives the selection before and after a change, until it unsubscribes", () => {
  const store = getSelectionStore(undefined);
  /** @type {[number, number][]} */
  const calls = [];
  const unsubscribe = store.subscribe((after, before) => calls.push([before.layer, after.layer]));
  store.set({ ...store.get(), layer: 1 });
  store.set({ ...store.get(), layer: 5 });
  unsubscribe();
  store.set({ ...store.get(), layer: 2 });
  assert.deepEqual(calls, [
    [0, 1],
    [1, 5],
  ]);
});
