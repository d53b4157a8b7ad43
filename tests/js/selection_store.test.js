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

test("another model starts from the initial choices, and keeps the palette", () => {
  const store = getSelectionStore(undefined, { layer: 1 });
  store.startModel("one", true);
  store.set({ ...store.get(), layer: 3, heads: [2], palette: "okabe-ito" });
  store.startModel("one", false);
  store.startModel("other", true);
  assert.equal(store.get().layer, 3);
  store.startModel("other", false);
  assert.deepEqual(store.get(), { ...NOTHING_CHOSEN, layer: 1, palette: "okabe-ito" });
});

test("the first model keeps the choices of a link", () => {
  const store = getSelectionStore(undefined, {}, new URLSearchParams("layer=2&heads=1"));
  store.startModel("one", true);
  assert.deepEqual(store.get(), { ...NOTHING_CHOSEN, layer: 2, heads: [1] });
});

test("a reset returns to the initial choices, not to those of a link", () => {
  const store = getSelectionStore(undefined, { layer: 1 }, new URLSearchParams("layer=2"));
  store.reset();
  assert.deepEqual(store.get(), { ...NOTHING_CHOSEN, layer: 1 });
});
