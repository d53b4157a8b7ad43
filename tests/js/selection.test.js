import assert from "node:assert/strict";
import test from "node:test";
import {
  activeHeads,
  chosenOrAll,
  keepChoice,
  NOTHING_CHOSEN,
  openHead,
  pickHead,
  soloHead,
  toggleCell,
  toggleHead,
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

test("heads that a layer does not have do not count; without any, all are active", () => {
  assert.deepEqual(activeHeads(chosen([1, 7]), 3), [1]);
  assert.deepEqual(activeHeads(chosen([7]), 3), [0, 1, 2]);
});

test("a click switches a head off", () => {
  assert.deepEqual(toggleHead(NOTHING_CHOSEN, 1, 3).heads, [0, 2]);
});

test("a click switches a head on, and it is the one picked last", () => {
  const after = toggleHead(chosen([0, 3]), 2, 4);
  assert.deepEqual(after.heads, [0, 2, 3]);
  assert.equal(after.head, 2);
});

test("switching the last inactive head on makes it all heads, of any model", () => {
  assert.equal(toggleHead(chosen([0, 2]), 1, 3).heads, null);
});

test("the head picked last stays so while it is active", () => {
  assert.equal(toggleHead(chosen(null, 2), 0, 3).head, 2);
  assert.equal(toggleHead(chosen(null, 2), 2, 3).head, 0);
});

test("two clicks change nothing", () => {
  const before = chosen([0, 2]);
  assert.deepEqual(toggleHead(toggleHead(before, 1, 4), 1, 4).heads, before.heads);
});

test("the last active head stays on", () => {
  const before = chosen([1]);
  assert.equal(toggleHead(before, 1, 3), before);
});

test("a double click leaves one head alone", () => {
  const after = soloHead(NOTHING_CHOSEN, 2, 3);
  assert.deepEqual(after.heads, [2]);
  assert.equal(after.head, 2);
});

test("a double click on an inactive head leaves it alone too", () => {
  assert.deepEqual(soloHead(chosen([0, 2]), 1, 3).heads, [1]);
});

test("a double click on the only active head brings all back", () => {
  assert.equal(soloHead(chosen([1]), 1, 3).heads, null);
});

test("a model of one head keeps it", () => {
  assert.deepEqual(activeHeads(toggleHead(NOTHING_CHOSEN, 0, 1), 1), [0]);
  assert.deepEqual(activeHeads(soloHead(NOTHING_CHOSEN, 0, 1), 1), [0]);
});

test("picking a head moves the one that is active alone", () => {
  const after = pickHead(chosen([1]), 2, 3);
  assert.deepEqual(after.heads, [2]);
  assert.equal(after.head, 2);
});

test("picking a head leaves several active ones, and joins them", () => {
  assert.equal(pickHead(NOTHING_CHOSEN, 2, 3).heads, null);
  assert.deepEqual(pickHead(chosen([0, 1]), 2, 4).heads, [0, 1, 2]);
});

test("a list names the layers to show, in order; one that names none shows all", () => {
  assert.deepEqual(chosenOrAll([0, 2, 4], [4, 3, 0]), [0, 4]);
  assert.deepEqual(chosenOrAll([0, 2, 4], null), [0, 2, 4]);
  assert.deepEqual(chosenOrAll([0, 2, 4], [9]), [0, 2, 4]);
});

test("a click opens a cell, and the same again closes it", () => {
  const opened = toggleCell(NOTHING_CHOSEN, { layer: 2, head: 3 });
  assert.deepEqual(opened.cell, { layer: 2, head: 3 });
  assert.deepEqual(toggleCell(opened, { layer: 2, head: 1 }).cell, { layer: 2, head: 1 });
  assert.equal(toggleCell(opened, { layer: 2, head: 3 }).cell, null);
});

test("following a head to another view leaves it alone there", () => {
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

test("a token is pinned, moved and let go", () => {
  const first = togglePin(NOTHING_CHOSEN, { axis: "query", position: 3 });
  assert.deepEqual(first.pinned, { axis: "query", position: 3 });
  const second = togglePin(first, { axis: "key", position: 3 });
  assert.deepEqual(second.pinned, { axis: "key", position: 3 });
  assert.equal(togglePin(second, { axis: "key", position: 3 }).pinned, null);
  assert.equal(togglePin(second, null).pinned, null);
});

test("what was chosen is kept where the new choices hold it", () => {
  assert.equal(
    keepChoice([3, 4, 5], (each) => each === 5),
    5,
  );
});

test("what is gone gives way to the first choice", () => {
  assert.equal(
    keepChoice([3, 4, 5], (each) => each === 9),
    3,
  );
});
