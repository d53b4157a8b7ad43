import assert from "node:assert/strict";
import test from "node:test";
import { createHighlight } from "../../assets/core/state/highlight.js";

/** @typedef {import("../../assets/core/data/token_position.js").TokenPosition} TokenPosition */

/** @type {import("../../assets/core/state/attention_part.js").AttentionPart} */
const BLOCK = { label: "All", component: "self", queries: [2, 6], keys: [0, 4] };

/** @type {(position: number) => TokenPosition} */
const query = (position) => ({ axis: "query", position });
/** @type {(position: number) => TokenPosition} */
const key = (position) => ({ axis: "key", position });

/** @param {TokenPosition["axis"][]} axes */
function highlightOf(axes = ["query", "key"]) {
  /** @type {{lit: TokenPosition | null, isPinned: boolean, pins: (TokenPosition | null)[]}} */
  const state = { lit: null, isPinned: false, pins: [] };
  const highlight = createHighlight({
    axes,
    onPin: (token) => state.pins.push(token),
    onHighlight(lit, isPinned) {
      Object.assign(state, { lit, isPinned });
    },
  });
  return { highlight, state };
}

test("the token that the reader points at is lit until the pointer leaves", () => {
  const { highlight, state } = highlightOf();
  highlight.draw(BLOCK, null);
  highlight.actions("key").onEnter(3);
  assert.deepEqual(state.lit, key(3));
  highlight.actions("key").onLeave();
  assert.equal(state.lit, null);
});

test("a pinned token stays lit wherever the reader points", () => {
  const { highlight, state } = highlightOf();
  highlight.draw(BLOCK, query(2));
  highlight.hover(query(4));
  highlight.hover(null);
  assert.deepEqual(state.lit, query(2));
  assert.equal(state.isPinned, true);
});

test("when the pin goes, the token under the pointer is lit", () => {
  const { highlight, state } = highlightOf();
  highlight.draw(BLOCK, query(2));
  highlight.hover(query(4));
  highlight.pin(null);
  assert.deepEqual(state.lit, query(4));
  assert.equal(state.isPinned, false);
});

test("a pinned token that is not in the part lights nothing, and comes back with its part", () => {
  const { highlight, state } = highlightOf();
  highlight.draw({ ...BLOCK, queries: [0, 2] }, query(3));
  assert.equal(state.lit, null);
  highlight.hover(query(1));
  assert.deepEqual(state.lit, query(1));
  highlight.draw(BLOCK, query(3));
  assert.deepEqual(state.lit, query(3));
});

test("a picture of the same token drawn anew under a resting pointer lights it again", () => {
  const { highlight, state } = highlightOf();
  highlight.draw(BLOCK, null);
  highlight.hover(query(4));
  highlight.draw({ ...BLOCK, label: "Encoder" }, null);
  assert.deepEqual(state.lit, query(4));
});

test("a figure that lights no keys is not lit by a pinned key", () => {
  const { highlight, state } = highlightOf(["query"]);
  highlight.draw(BLOCK, key(3));
  assert.equal(state.lit, null);
});

test("pressing the ground lets go of a pin, or of what was pointed at", () => {
  const { highlight, state } = highlightOf();
  highlight.draw(BLOCK, query(3));
  highlight.release();
  assert.deepEqual(state.pins, [null]);
  highlight.draw(BLOCK, null);
  highlight.hover(query(5));
  highlight.release();
  assert.equal(state.lit, null);
  assert.equal(state.pins.length, 1);
});

test("a token that is pointed at again is not shown again", () => {
  let shows = 0;
  const highlight = createHighlight({ axes: ["query"], onPin() {}, onHighlight: () => shows++ });
  highlight.draw(BLOCK, null);
  highlight.hover(query(4));
  highlight.hover(query(4));
  assert.equal(shows, 2);
});

test("pinning is asked for and not done: the selection belongs to the view", () => {
  const { highlight, state } = highlightOf();
  highlight.draw(BLOCK, null);
  highlight.actions("query").onPin(4);
  assert.deepEqual(state.pins, [query(4)]);
  assert.equal(state.lit, null);
});
