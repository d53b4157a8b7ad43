import assert from "node:assert/strict";
import test from "node:test";
import {
  activateAll,
  activeHeads,
  chosenOrAll,
  deactivateAll,
  initialSelection,
  keepChoice,
  leavePickedHead,
  NOTHING_CHOSEN,
  openHead,
  pickedHead,
  pickHead,
  soloHead,
  toggleCell,
  toggleHead,
  toggleMean,
  togglePin,
} from "../../assets/core/state/selection.js";

/** @typedef {import("../../assets/core/state/selection.js").Selection} Selection */

/** @type {(heads: number[] | null, head?: number) => Selection} */
const chosen = (heads, head = heads?.[0] ?? 0) =>
  Object.freeze({
    ...NOTHING_CHOSEN,
    heads: heads && /** @type {number[]} */ (Object.freeze(heads)),
    head,
  });

test("at first all heads are active", () => {
  assert.deepEqual(activeHeads(NOTHING_CHOSEN, 3), [0, 1, 2]);
});

test("heads that a layer does not have are ignored, and all are active if none remains", () => {
  assert.deepEqual(activeHeads(chosen([1, 7]), 3), [1]);
  assert.deepEqual(activeHeads(chosen([7]), 3), [0, 1, 2]);
});

test("toggling an active head deactivates it", () => {
  assert.deepEqual(toggleHead(NOTHING_CHOSEN, 1, 3).heads, [0, 2]);
});

test("toggling an inactive head activates it and makes it the head of the neuron view", () => {
  const after = toggleHead(chosen([0, 3]), 2, 4);
  assert.deepEqual(after.heads, [0, 2, 3]);
  assert.equal(after.head, 2);
});

test("activating the last inactive head means all heads, for any model", () => {
  assert.equal(toggleHead(chosen([0, 2]), 1, 3).heads, null);
});

test("the head of the neuron view stays while it is active", () => {
  assert.equal(toggleHead(chosen(null, 2), 0, 3).head, 2);
  assert.equal(toggleHead(chosen(null, 2), 2, 3).head, 0);
});

test("toggling a head twice changes nothing", () => {
  const before = chosen([0, 2]);
  assert.deepEqual(toggleHead(toggleHead(before, 1, 4), 1, 4).heads, before.heads);
});

test("the last active head stays active", () => {
  const before = chosen([1]);
  assert.equal(toggleHead(before, 1, 3), before);
});

test("soloHead deactivates all other heads", () => {
  const after = soloHead(NOTHING_CHOSEN, 2, 3);
  assert.deepEqual(after.heads, [2]);
  assert.equal(after.head, 2);
});

test("soloHead activates an inactive head", () => {
  assert.deepEqual(soloHead(chosen([0, 2]), 1, 3).heads, [1]);
});

test("soloHead of the only active head activates all heads", () => {
  assert.equal(soloHead(chosen([1]), 1, 3).heads, null);
});

test("the only head of a model stays active", () => {
  assert.deepEqual(activeHeads(toggleHead(NOTHING_CHOSEN, 0, 1), 1), [0]);
  assert.deepEqual(activeHeads(soloHead(NOTHING_CHOSEN, 0, 1), 1), [0]);
});

test("all heads are switched off and on", () => {
  const none = deactivateAll(chosen([1], 1));
  assert.deepEqual(activeHeads(none, 3), []);
  assert.deepEqual(activeHeads(activateAll(none), 3), [0, 1, 2]);
});

test("after all heads are off, toggling a head activates only it", () => {
  const after = toggleHead(deactivateAll(chosen(null)), 2, 4);
  assert.deepEqual([after.heads, after.head], [[2], 2]);
});

test("after all heads are off, soloHead and pickHead activate only their head", () => {
  assert.deepEqual(soloHead(deactivateAll(NOTHING_CHOSEN), 1, 3).heads, [1]);
  assert.deepEqual(pickHead(deactivateAll(NOTHING_CHOSEN), 1, 3).heads, [1]);
});

test("the head picked last is the first active one if it is not active", () => {
  assert.equal(pickedHead(chosen([1, 3], 3), 4), 3);
  assert.equal(pickedHead(chosen([1, 3], 2), 4), 1);
});

test("the head picked last is kept while all heads are off", () => {
  assert.equal(pickedHead(deactivateAll(chosen([1, 3], 3)), 4), 3);
  assert.equal(pickedHead(deactivateAll(chosen([9], 9)), 4), 3); // a layer with fewer heads
});

test("only the head picked last stays active", () => {
  assert.deepEqual(leavePickedHead(chosen([1, 3], 3), 4).heads, [3]);
  assert.deepEqual(leavePickedHead(deactivateAll(chosen(null, 2)), 4).heads, [2]);
  assert.equal(leavePickedHead(NOTHING_CHOSEN, 1).heads, null);
});

test("toggling the mean keeps the active heads", () => {
  const before = chosen([0, 2]);
  assert.deepEqual(toggleMean(before), { ...before, mean: true });
  assert.deepEqual(toggleMean(toggleMean(before)), before);
});

test("at first, an empty list of heads means all heads", () => {
  assert.deepEqual(initialSelection({ heads: [] }), NOTHING_CHOSEN);
  assert.deepEqual(initialSelection({ heads: [2, 3] }), chosen([2, 3]));
});

test("picking a head replaces the only active one", () => {
  const after = pickHead(chosen([1]), 2, 3);
  assert.deepEqual(after.heads, [2]);
  assert.equal(after.head, 2);
});

test("picking a head adds it to several active ones", () => {
  assert.equal(pickHead(NOTHING_CHOSEN, 2, 3).heads, null);
  assert.deepEqual(pickHead(chosen([0, 1]), 2, 4).heads, [0, 1, 2]);
});

test("chosenOrAll returns the choices in a list, or all if there are none", () => {
  assert.deepEqual(chosenOrAll([0, 2, 4], [4, 3, 0]), [0, 4]);
  assert.deepEqual(chosenOrAll([0, 2, 4], null), [0, 2, 4]);
  assert.deepEqual(chosenOrAll([0, 2, 4], [9]), [0, 2, 4]);
});

test("toggling a cell opens it, and toggling it again closes it", () => {
  const opened = toggleCell(NOTHING_CHOSEN, { layer: 2, head: 3 });
  assert.deepEqual(opened.cell, { layer: 2, head: 3 });
  assert.deepEqual(toggleCell(opened, { layer: 2, head: 1 }).cell, { layer: 2, head: 1 });
  assert.equal(toggleCell(opened, { layer: 2, head: 3 }).cell, null);
});

test("opening a head in another view makes it the only active one", () => {
  const before = { ...NOTHING_CHOSEN, cell: { layer: 4, head: 1 }, attentionPart: "Cross" };
  const after = openHead(before, { layer: 4, head: 1 }, "model");
  assert.deepEqual(after, {
    ...before,
    layer: 4,
    head: 1,
    heads: [1],
    cameFrom: "model",
  });
});

test("a token is pinned, replaced and unpinned", () => {
  const first = togglePin(NOTHING_CHOSEN, { axis: "query", position: 3 });
  assert.deepEqual(first.pinned, { axis: "query", position: 3 });
  const second = togglePin(first, { axis: "key", position: 3 });
  assert.deepEqual(second.pinned, { axis: "key", position: 3 });
  assert.equal(togglePin(second, { axis: "key", position: 3 }).pinned, null);
  assert.equal(togglePin(second, null).pinned, null);
});

test("a choice is kept if it is still available", () => {
  assert.equal(
    keepChoice([3, 4, 5], (each) => each === 5),
    5,
  );
});

test("the first choice replaces one that is no longer available", () => {
  assert.equal(
    keepChoice([3, 4, 5], (each) => each === 9),
    3,
  );
});
