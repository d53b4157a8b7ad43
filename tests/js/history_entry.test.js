import assert from "node:assert/strict";
import test from "node:test";
import { NOTHING_CHOSEN } from "../../assets/core/state/selection.js";
import { nextEntry } from "../../assets/page/history_entry.js";

const START = { view: "head", selection: NOTHING_CHOSEN, request: "text=a" };
const FIRST = nextEntry(null, START, false);

test("the first state of a page is its first entry", () => {
  assert.deepEqual(FIRST, { ...START, index: 0, openedFrom: null });
});

for (const [step, change] of [
  ["a run", { request: "text=b" }],
  ["a reader's own file", { request: null }],
  ["a change of the view", { view: "model" }],
  ["a change of the layer", { selection: { ...NOTHING_CHOSEN, layer: 1 } }],
]) {
  test(`${step} is a step`, () => {
    assert.equal(nextEntry(FIRST, { ...START, ...change }, false).index, 1);
  });
}

for (const [name, last, state] of [
  ["the same state again", FIRST, START],
  [
    "a pin",
    FIRST,
    { ...START, selection: { ...NOTHING_CHOSEN, pinned: { axis: "key", position: 1 } } },
  ],
  ["the first result", { ...FIRST, request: undefined }, START],
  ["the first open view", { ...FIRST, view: undefined }, START],
]) {
  test(`${name} replaces the entry`, () => {
    assert.equal(nextEntry(last, state, false).index, 0);
  });
}

test("an entry knows from which entry a button has opened its view", () => {
  const opened = { ...NOTHING_CHOSEN, cameFrom: "model" };
  const neuron = nextEntry(FIRST, { ...START, view: "neuron", selection: opened }, true);
  assert.deepEqual([neuron.index, neuron.openedFrom], [1, 0]);
  const layer = { ...START, view: "neuron", selection: { ...opened, layer: 2 } };
  const next = nextEntry(neuron, layer, false);
  assert.deepEqual([next.index, next.openedFrom], [2, 0]);
  const reset = nextEntry(next, { ...START, view: "neuron" }, false);
  assert.equal(reset.openedFrom, null);
});
