import assert from "node:assert/strict";
import test from "node:test";
import {
  BAND_WIDTH,
  bipartiteLayout,
  computationLayout,
  HEADING,
  ROW,
  rowsInSight,
  rowsOf,
} from "../../assets/core/layout.js";

/**
 * @param {[number, number]} queries
 * @param {[number, number]} keys
 * @returns {import("../../assets/core/block.js").Block}
 */
function block(queries, keys) {
  return { label: "", component: "self", queries, keys };
}

const OPTIONS = {
  queryWidth: 60,
  keyWidth: 80,
  numbers: { queries: false, keys: false },
  room: 400,
  rowHeight: 20,
};

test("lines fill the room between the columns, within bounds", () => {
  const layoutOf = (/** @type {number} */ room) =>
    bipartiteLayout({ ...OPTIONS, room, block: block([0, 5], [0, 5]) });
  const fitting = layoutOf(400);
  assert.deepEqual([fitting.x1, fitting.x2, fitting.width], [60, 320, 400]);
  const narrow = layoutOf(10);
  assert.ok(narrow.x2 - narrow.x1 >= 50); // lines can still be told apart: the figure scrolls
  const wide = layoutOf(5000);
  assert.ok(wide.width < 1000); // and no line gets so long that nobody can follow it
});

test("numbers stand outside of the columns that have them", () => {
  const sizes = { ...OPTIONS, block: block([0, 5], [0, 5]) };
  const none = bipartiteLayout(sizes);
  const both = bipartiteLayout({ ...sizes, numbers: { queries: true, keys: true } });
  assert.equal(none.xQuery, 0);
  assert.ok(both.xQuery > 0);
  assert.equal(both.x1, both.xQuery + OPTIONS.queryWidth);
  assert.equal(both.width - both.x2 - OPTIONS.keyWidth, both.xQuery);
  assert.equal(both.width, none.width); // the lines give way
});

test("rows of a block begin at its first token", () => {
  const { yQuery, yKey, height } = bipartiteLayout({ ...OPTIONS, block: block([4, 9], [0, 3]) });
  assert.equal(yQuery(4), yKey(0));
  assert.equal(yQuery(5) - yQuery(4), OPTIONS.rowHeight);
  assert.ok(yQuery(4) > 0);
  assert.ok(yQuery(8) < height);
});

test("the longer column says how high a figure is", () => {
  assert.equal(rowsOf(block([0, 5], [5, 12])), 7);
  assert.equal(rowsOf(block([0, 9], [3, 4])), 9);
});

test("the columns of a computation follow each other without overlap", () => {
  const layout = computationLayout({ queryWidth: 60, keyWidth: 80, block: block([0, 3], [0, 3]) });
  const { q, k, product, dot, tokens, width } = layout;
  assert.ok(layout.queryWidth < q);
  assert.ok(q + BAND_WIDTH < k);
  assert.ok(k + BAND_WIDTH < product);
  assert.ok(product + BAND_WIDTH < dot);
  assert.ok(dot < tokens);
  assert.ok(tokens + 80 < width);
  assert.equal(layout.yKey(1) - layout.yKey(0), ROW);
  assert.ok(layout.yQuery(0) > HEADING);
});

test("rows in sight are all those that a stretch of the figure touches, and few more", () => {
  const rowHeight = 20;
  const { yQuery } = bipartiteLayout({ ...OPTIONS, block: block([10, 60], [0, 1]) });
  for (const [top, bottom] of [
    [0, 100],
    [333, 457],
    [950, 2000],
    [0, 5000],
  ]) {
    const rows = rowsInSight([10, 60], yQuery, rowHeight, [top, bottom]);
    const touched = Array.from({ length: 50 }, (_, index) => 10 + index).filter(
      (row) => yQuery(row) + rowHeight / 2 > top && yQuery(row) - rowHeight / 2 < bottom,
    );
    assert.ok(touched.every((row) => rows.includes(row)));
    assert.ok(rows.length <= touched.length + 3);
    assert.ok(rows.every((row) => row >= 10 && row < 60));
  }
});

test("a stretch beside the figure holds no row", () => {
  const y = (/** @type {number} */ row) => row * 20 + 10;
  assert.deepEqual(rowsInSight([0, 5], y, 20, [1000, 1100]), []);
});
