import assert from "node:assert/strict";
import test from "node:test";
import { Highlight } from "../../assets/core/state/highlight.js";

/** @typedef {import("../../assets/core/data/token_position.js").TokenPosition} TokenPosition */

/** @type {import("../../assets/core/state/attention_part.js").AttentionPart} */
const PART = { label: "All", component: "self", queries: [2, 6], keys: [0, 4] };

/** @type {(position: number) => TokenPosition} */
const query = (position) => ({ axis: "query", position });
/** @type {(position: number) => TokenPosition} */
const key = (position) => ({ axis: "key", position });

/** @param {TokenPosition["axis"][]} axes */
function highlightOf(axes = ["query", "key"]) {
  /** @type {{token: TokenPosition | null, isPinned: boolean, pins: (TokenPosition | null)[]}} */
  const state = { token: null, isPinned: false, pins: [] };
  const highlight = new Highlight({
    axes,
    onPin: (token) => state.pins.push(token),
    onHighlight(token, isPinned) {
      Object.assign(state, { token, isPinned });
    },
  });
  return { highlight, state };
}

test("a token is highlighted while the reader points at it", () => {
  const { highlight, state } = highlightOf();
  highlight.draw(PART, null);
  highlight.actions("key").onEnter(3);
  assert.deepEqual(state.token, key(3));
  highlight.actions("key").onLeave();
  assert.equal(state.token, null);
});

test("a pinned token stays highlighted wherever the reader points", () => {
  const { highlight, state } = highlightOf();
  highlight.draw(PART, query(2));
  highlight.hover(query(4));
  highlight.hover(null);
  assert.deepEqual(state.token, query(2));
  assert.equal(state.isPinned, true);
});

test("after unpinning, the token under the pointer is highlighted", () => {
  const { highlight, state } = highlightOf();
  highlight.draw(PART, query(2));
  highlight.hover(query(4));
  highlight.pin(null);
  assert.deepEqual(state.token, query(4));
  assert.equal(state.isPinned, false);
});

test("a pinned token is highlighted only in an attention part that contains it", () => {
  const { highlight, state } = highlightOf();
  highlight.draw({ ...PART, queries: [0, 2] }, query(3));
  assert.equal(state.token, null);
  highlight.hover(query(1));
  assert.deepEqual(state.token, query(1));
  highlight.draw(PART, query(3));
  assert.deepEqual(state.token, query(3));
});

test("the token under the pointer stays highlighted when another attention part is drawn", () => {
  const { highlight, state } = highlightOf();
  highlight.draw(PART, null);
  highlight.hover(query(4));
  highlight.draw({ ...PART, label: "Encoder" }, null);
  assert.deepEqual(state.token, query(4));
});

test("a pinned key is not highlighted in a figure that highlights only queries", () => {
  const { highlight, state } = highlightOf(["query"]);
  highlight.draw(PART, key(3));
  assert.equal(state.token, null);
});

test("pressing the background unpins a token, or ends a highlight", () => {
  const { highlight, state } = highlightOf();
  highlight.draw(PART, query(3));
  highlight.release();
  assert.deepEqual(state.pins, [null]);
  highlight.draw(PART, null);
  highlight.hover(query(5));
  highlight.release();
  assert.equal(state.token, null);
  assert.equal(state.pins.length, 1);
});

test("pointing at the same token again does not report it again", () => {
  let reports = 0;
  const highlight = new Highlight({ axes: ["query"], onPin() {}, onHighlight: () => reports++ });
  highlight.draw(PART, null);
  highlight.hover(query(4));
  highlight.hover(query(4));
  assert.equal(reports, 2);
});

test("pinning asks the view, which owns the selection, and highlights nothing by itself", () => {
  const { highlight, state } = highlightOf();
  highlight.draw(PART, null);
  highlight.actions("query").onPin(4);
  assert.deepEqual(state.pins, [query(4)]);
  assert.equal(state.token, null);
});
