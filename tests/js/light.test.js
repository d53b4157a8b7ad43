import assert from "node:assert/strict";
import test from "node:test";
import { createLight } from "../../assets/core/light.js";

/** @typedef {import("../../assets/core/selection.js").Hover} Hover */

/** @type {import("../../assets/core/block.js").Block} */
const BLOCK = { label: "All", component: "self", queries: [2, 6], keys: [0, 4] };

/** @type {(position: number) => Hover} */
const query = (position) => ({ axis: "query", position });
/** @type {(position: number) => Hover} */
const key = (position) => ({ axis: "key", position });

/** @param {Hover["axis"][]} axes */
function lightOf(axes = ["query", "key"]) {
  /** @type {{lit: Hover | null, isPinned: boolean, pins: (Hover | null)[]}} */
  const state = { lit: null, isPinned: false, pins: [] };
  const light = createLight({
    axes,
    onPin: (token) => state.pins.push(token),
    onLight(lit, isPinned) {
      Object.assign(state, { lit, isPinned });
    },
  });
  return { light, state };
}

test("the token that the reader points at is lit until the pointer leaves", () => {
  const { light, state } = lightOf();
  light.draw(BLOCK, null);
  light.actions("key").onEnter(3);
  assert.deepEqual(state.lit, key(3));
  light.actions("key").onLeave();
  assert.equal(state.lit, null);
});

test("a pinned token stays lit wherever the reader points", () => {
  const { light, state } = lightOf();
  light.draw(BLOCK, query(2));
  light.hover(query(4));
  light.hover(null);
  assert.deepEqual(state.lit, query(2));
  assert.equal(state.isPinned, true);
});

test("when the pin goes, the token under the pointer is lit", () => {
  const { light, state } = lightOf();
  light.draw(BLOCK, query(2));
  light.hover(query(4));
  light.pin(null);
  assert.deepEqual(state.lit, query(4));
  assert.equal(state.isPinned, false);
});

test("a pinned token that is not in the block lights nothing, and comes back with its block", () => {
  const { light, state } = lightOf();
  light.draw({ ...BLOCK, queries: [0, 2] }, query(3));
  assert.equal(state.lit, null);
  light.hover(query(1));
  assert.deepEqual(state.lit, query(1));
  light.draw(BLOCK, query(3));
  assert.deepEqual(state.lit, query(3));
});

test("a picture of the same token drawn anew under a resting pointer lights it again", () => {
  const { light, state } = lightOf();
  light.draw(BLOCK, null);
  light.hover(query(4));
  light.draw({ ...BLOCK, label: "Encoder" }, null);
  assert.deepEqual(state.lit, query(4));
});

test("a figure that lights no keys is not lit by a pinned key", () => {
  const { light, state } = lightOf(["query"]);
  light.draw(BLOCK, key(3));
  assert.equal(state.lit, null);
});

test("pressing the ground lets go of a pin, or of what was pointed at", () => {
  const { light, state } = lightOf();
  light.draw(BLOCK, query(3));
  light.release();
  assert.deepEqual(state.pins, [null]);
  light.draw(BLOCK, null);
  light.hover(query(5));
  light.release();
  assert.equal(state.lit, null);
  assert.equal(state.pins.length, 1);
});

test("a token that is pointed at again is not shown again", () => {
  let shows = 0;
  const light = createLight({ axes: ["query"], onPin() {}, onLight: () => shows++ });
  light.draw(BLOCK, null);
  light.hover(query(4));
  light.hover(query(4));
  assert.equal(shows, 2);
});

test("pinning is asked for and not done: the selection belongs to the view", () => {
  const { light, state } = lightOf();
  light.draw(BLOCK, null);
  light.actions("query").onPin(4);
  assert.deepEqual(state.pins, [query(4)]);
  assert.equal(state.lit, null);
});
