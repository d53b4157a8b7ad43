import assert from "node:assert/strict";
import test from "node:test";
import {
  follow,
  headsOf,
  keepChoice,
  NOTHING_CHOSEN,
  pickHead,
  pin,
  soloHead,
  toggleCell,
  toggleHead,
} from "../../assets/core/selection.js";

/** @typedef {import("../../assets/core/selection.js").Selection} Selection */

const [ON, OFF] = [true, false];

/**
 * @param {boolean[]} heads
 * @param {number} [head]
 * @returns {Selection}
 */
const chosen = (heads, head = heads.indexOf(true)) =>
  Object.freeze({
    ...NOTHING_CHOSEN,
    heads: /** @type {boolean[]} */ (Object.freeze(heads)),
    head,
  });

test("at first all heads are active", () => {
  assert.deepEqual(headsOf(NOTHING_CHOSEN, 3), [ON, ON, ON]);
});

test("heads chosen for another number of heads do not count", () => {
  assert.deepEqual(headsOf(chosen([OFF, ON]), 3), [ON, ON, ON]);
});

test("a click switches a head off", () => {
  assert.deepEqual(toggleHead(NOTHING_CHOSEN, 1, 3).heads, [ON, OFF, ON]);
});

test("a click switches a head on, and it is the one picked last", () => {
  const after = toggleHead(chosen([ON, OFF, OFF]), 2, 3);
  assert.deepEqual(after.heads, [ON, OFF, ON]);
  assert.equal(after.head, 2);
});

test("the head picked last stays so while it is active", () => {
  assert.equal(toggleHead(chosen([ON, ON, ON], 2), 0, 3).head, 2);
  assert.equal(toggleHead(chosen([ON, ON, ON], 2), 2, 3).head, 0);
});

test("two clicks change nothing", () => {
  const before = chosen([ON, OFF, ON]);
  assert.deepEqual(toggleHead(toggleHead(before, 1, 3), 1, 3).heads, before.heads);
});

test("the last active head stays on", () => {
  const before = chosen([OFF, ON, OFF]);
  assert.equal(toggleHead(before, 1, 3), before);
});

test("a double click leaves one head alone", () => {
  const after = soloHead(NOTHING_CHOSEN, 2, 3);
  assert.deepEqual(after.heads, [OFF, OFF, ON]);
  assert.equal(after.head, 2);
});

test("a double click on an inactive head leaves it alone too", () => {
  assert.deepEqual(soloHead(chosen([ON, OFF, ON]), 1, 3).heads, [OFF, ON, OFF]);
});

test("a double click on the only active head brings all back", () => {
  assert.deepEqual(soloHead(chosen([OFF, ON, OFF]), 1, 3).heads, [ON, ON, ON]);
});

test("a model of one head keeps it", () => {
  assert.deepEqual(toggleHead(chosen([ON]), 0, 1).heads, [ON]);
  assert.deepEqual(soloHead(chosen([ON]), 0, 1).heads, [ON]);
});

test("picking a head moves the one that is active alone", () => {
  const after = pickHead(chosen([OFF, ON, OFF]), 2, 3);
  assert.deepEqual(after.heads, [OFF, OFF, ON]);
  assert.equal(after.head, 2);
});

test("picking a head leaves several active ones, and joins them", () => {
  assert.deepEqual(pickHead(chosen([ON, ON, ON]), 2, 3).heads, [ON, ON, ON]);
  assert.deepEqual(pickHead(chosen([ON, ON, OFF]), 2, 3).heads, [ON, ON, ON]);
});

test("a click opens a cell, and the same again closes it", () => {
  const opened = toggleCell(NOTHING_CHOSEN, { layer: 2, head: 3 });
  assert.deepEqual(opened.cell, { layer: 2, head: 3 });
  assert.deepEqual(toggleCell(opened, { layer: 2, head: 1 }).cell, { layer: 2, head: 1 });
  assert.equal(toggleCell(opened, { layer: 2, head: 3 }).cell, null);
});

test("following a head to another view leaves it alone there", () => {
  const before = { ...NOTHING_CHOSEN, cell: { layer: 4, head: 1 }, block: "Cross" };
  const after = follow(before, { layer: 4, head: 1 }, 3, "model");
  assert.deepEqual(after, {
    ...before,
    layer: 4,
    head: 1,
    heads: [OFF, ON, OFF],
    cameFrom: "model",
  });
});

test("a token is pinned, moved and let go", () => {
  const first = pin(NOTHING_CHOSEN, { axis: "query", position: 3 });
  assert.deepEqual(first.pinned, { axis: "query", position: 3 });
  const second = pin(first, { axis: "key", position: 3 });
  assert.deepEqual(second.pinned, { axis: "key", position: 3 });
  assert.equal(pin(second, { axis: "key", position: 3 }).pinned, null);
  assert.equal(pin(second, null).pinned, null);
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
