import assert from "node:assert/strict";
import test from "node:test";
import { NOTHING_CHOSEN } from "../../assets/core/state/selection.js";
import { getSelectionStore } from "../../assets/core/state/selection_store.js";

test("views of one name share a selection", () => {
  getSelectionStore("a page").set({ ...NOTHING_CHOSEN, layer: 3 });
  assert.equal(getSelectionStore("a page").get().layer, 3);
  assert.equal(getSelectionStore("another page").get().layer, 0);
});

test("views without a name never touch each other", () => {
  const first = getSelectionStore(undefined);
  first.set({ ...NOTHING_CHOSEN, layer: 3 });
  assert.equal(getSelectionStore(undefined).get().layer, 0);
});

test("a listener is told what was and what is, until it leaves", () => {
  const store = getSelectionStore(undefined);
  /** @type {[number, number][]} */
  const heard = [];
  const leave = store.subscribe((after, before) => heard.push([before.layer, after.layer]));
  store.set({ ...store.get(), layer: 1 });
  store.set({ ...store.get(), layer: 5 });
  leave();
  store.set({ ...store.get(), layer: 2 });
  assert.deepEqual(heard, [
    [0, 1],
    [1, 5],
  ]);
});
