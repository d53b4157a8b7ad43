import assert from "node:assert/strict";
import test from "node:test";
import {
  bipartiteLayout,
  cellAt,
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

/**
 * @param {Partial<import("../../assets/core/layout.js").ComputationSizes>} [sizes]
 */
function computation(sizes) {
  return computationLayout({
    queryWidth: 60,
    keyWidth: 80,
    wordsWidth: 0,
    numTerms: 2,
    hasSink: false,
    room: 5000,
    block: block([0, 3], [0, 5]),
    ...sizes,
  });
}

test("the columns of a computation follow each other without overlap", () => {
  const layout = computation();
  const { bandWidth, q, k, product, dot, tokens, words, terms, weight, width } = layout;
  assert.ok(layout.queryWidth < q);
  assert.ok(q + bandWidth < k);
  assert.ok(k + bandWidth < product);
  assert.ok(product + bandWidth < dot);
  assert.ok(dot < tokens);
  assert.ok(tokens + 80 < words);
  assert.equal(terms.length, 2);
  assert.ok(words < terms[0]);
  assert.ok(terms[0] < terms[1]);
  assert.ok(terms[1] < weight);
  assert.ok(weight < width);
  assert.equal(layout.yKey(1) - layout.yKey(0), ROW);
  assert.ok(layout.yQuery(0) > HEADING);
});

test("vectors give way to the numbers, within bounds", () => {
  const wide = computation();
  const narrower = computation({ room: wide.width - 60 });
  assert.equal(narrower.bandWidth, wide.bandWidth - 20);
  assert.equal(narrower.width, wide.width - 60);
  const narrow = computation({ room: 300 });
  assert.ok(narrow.bandWidth >= 100); // the figure scrolls
});

test("words that stand in the place of numbers have the room that they need", () => {
  const { words, terms, weight } = computation({ wordsWidth: 500 });
  assert.ok(terms[1] - words >= 500);
  assert.ok(weight > terms[1]);
});

test("a sink has a row of its own under the keys", () => {
  const [without, withSink] = [computation(), computation({ hasSink: true })];
  assert.ok(withSink.ySink - ROW / 2 >= withSink.keysEnd);
  assert.ok(withSink.height >= withSink.ySink + ROW / 2);
  assert.ok(without.height < withSink.height);
});

test("rows end where the last token does", () => {
  const { queriesEnd, keysEnd, yQuery, yKey, height } = computation();
  assert.deepEqual([queriesEnd, keysEnd], [yQuery(2) + ROW / 2, yKey(4) + ROW / 2]);
  assert.equal(height, keysEnd);
});

test("a place in a band is a cell of a vector", () => {
  const shown = block([2, 4], [1, 6]);
  const layout = computation({ block: shown });
  const cell = layout.bandWidth / 8;
  const at = (/** @type {number} */ x, /** @type {number} */ y) =>
    cellAt(layout, shown, 8, { x, y });
  assert.deepEqual(at(layout.q + 3.5 * cell, layout.yQuery(3)), {
    vector: "q",
    position: 3,
    dim: 3,
  });
  assert.deepEqual(at(layout.k + 0.1 * cell, layout.yKey(1)), { vector: "k", position: 1, dim: 0 });
  assert.deepEqual(at(layout.product + 7.9 * cell, layout.yKey(5)), {
    vector: "product",
    position: 5,
    dim: 7,
  });
  assert.equal(at(layout.q - 1, layout.yQuery(3)), null);
  assert.equal(at(layout.q + layout.bandWidth + 1, layout.yQuery(3)), null);
  assert.equal(at(layout.q + cell, layout.yQuery(4)), null); // no such query in the block
  assert.equal(at(layout.k + cell, HEADING - 2), null);
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
