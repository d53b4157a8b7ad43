import assert from "node:assert/strict";
import test from "node:test";
import {
  bipartiteLayout,
  cellAt,
  computationLayout,
  HEADING,
  longerSide,
  positionsInSight,
  ROW,
  rowsInSight,
} from "../../assets/core/geometry/layout.js";
import { rowsOf } from "../../assets/core/geometry/rows.js";

/**
 * @param {[number, number]} queries
 * @param {[number, number]} keys
 * @returns {import("../../assets/core/state/attention_part.js").AttentionPart}
 */
function attentionPart(queries, keys) {
  return { label: "", component: "self", queries, keys };
}

/**
 * Rows of a text without segments.
 * @param {[number, number]} span
 * @param {number} [size]
 */
const rows = (span, size = 1) => rowsOf([], span, size);

const OPTIONS = {
  queryWidth: 60,
  keyWidth: 80,
  numbers: { queries: false, keys: false },
  room: 400,
  tokenHeight: 20,
  queryRows: rows([0, 5]),
  keyRows: rows([0, 5]),
};

test("lines fill the room between the columns, within bounds", () => {
  const layoutOf = (/** @type {number} */ room) => bipartiteLayout({ ...OPTIONS, room });
  const fitting = layoutOf(400);
  assert.deepEqual([fitting.x1, fitting.x2, fitting.width], [60, 320, 400]);
  const narrow = layoutOf(10);
  assert.ok(narrow.x2 - narrow.x1 >= 50); // lines can still be told apart: the figure scrolls
  const wide = layoutOf(5000);
  assert.ok(wide.width < 1000); // and no line gets so long that nobody can follow it
});

test("numbers stand outside of the columns that have them", () => {
  const none = bipartiteLayout(OPTIONS);
  const both = bipartiteLayout({ ...OPTIONS, numbers: { queries: true, keys: true } });
  assert.equal(none.xQuery, 0);
  assert.ok(both.xQuery > 0);
  assert.equal(both.x1, both.xQuery + OPTIONS.queryWidth);
  assert.equal(both.width - both.x2 - OPTIONS.keyWidth, both.xQuery);
  assert.equal(both.width, none.width); // the lines give way
});

test("rows of a part begin at its first token", () => {
  const sizes = { ...OPTIONS, queryRows: rows([4, 9]), keyRows: rows([0, 3]) };
  const { queries, keys, height } = bipartiteLayout(sizes);
  assert.equal(queries.yOf(4), keys.yOf(0));
  assert.equal(queries.y(0), queries.yOf(4));
  assert.equal(queries.yOf(5) - queries.yOf(4), OPTIONS.tokenHeight);
  assert.ok(queries.yOf(4) > 0);
  assert.ok(queries.yOf(8) < height);
});

test("tokens that are taken together have one row, as high as all of them", () => {
  const sizes = { ...OPTIONS, queryRows: rows([0, 10], 4), keyRows: rows([0, 10], 4) };
  const { queries, height } = bipartiteLayout(sizes);
  assert.equal(height, bipartiteLayout({ ...OPTIONS, queryRows: rows([0, 10]) }).height);
  assert.deepEqual([0, 1, 2].map(queries.rowHeight), [80, 80, 40]);
  assert.equal(queries.y(1) - queries.y(0), 80);
  assert.equal(queries.y(2) - queries.y(1), 60);
  assert.deepEqual([3, 4, 9].map(queries.yOf), [0, 1, 2].map(queries.y));
});

test("the row at a height is the one that stands there, or the nearest", () => {
  const { queries } = bipartiteLayout({ ...OPTIONS, queryRows: rows([3, 14], 4) });
  for (const row of [0, 1, 2]) {
    const half = queries.rowHeight(row) / 2;
    assert.equal(queries.rowNear(queries.y(row) - half + 0.1), row);
    assert.equal(queries.rowNear(queries.y(row) + half - 0.1), row);
  }
  assert.equal(queries.rowNear(-100), 0);
  assert.equal(queries.rowNear(1e6), 2);
});

test("the longer column says how long a part is", () => {
  assert.equal(longerSide(attentionPart([0, 5], [5, 12])), 7);
  assert.equal(longerSide(attentionPart([0, 9], [3, 4])), 9);
});

/**
 * @param {Partial<import("../../assets/core/geometry/layout.js").ComputationSizes>} [sizes]
 */
function computation(sizes) {
  return computationLayout({
    queryWidth: 60,
    keyWidth: 80,
    wordsWidth: 0,
    numTerms: 2,
    hasSink: false,
    room: 5000,
    queryRows: rows([0, 3]),
    keyRows: rows([0, 5]),
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
  assert.equal(layout.keys.y(1) - layout.keys.y(0), ROW);
  assert.ok(layout.queries.y(0) > HEADING);
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
  const { queriesEnd, keysEnd, queries, keys, height } = computation();
  assert.deepEqual([queriesEnd, keysEnd], [queries.y(2) + ROW / 2, keys.y(4) + ROW / 2]);
  assert.equal(height, keysEnd);
});

test("a place in a band is a cell of a vector", () => {
  const shown = attentionPart([2, 4], [1, 6]);
  const layout = computation({ queryRows: rows([2, 4]), keyRows: rows([1, 6]) });
  const cell = layout.bandWidth / 8;
  const at = (/** @type {number} */ x, /** @type {number} */ y) =>
    cellAt(layout, shown, 8, { x, y });
  assert.deepEqual(at(layout.q + 3.5 * cell, layout.queries.yOf(3)), {
    vector: "q",
    position: 3,
    dim: 3,
  });
  assert.deepEqual(at(layout.k + 0.1 * cell, layout.keys.yOf(1)), {
    vector: "k",
    position: 1,
    dim: 0,
  });
  assert.deepEqual(at(layout.product + 7.9 * cell, layout.keys.yOf(5)), {
    vector: "product",
    position: 5,
    dim: 7,
  });
  assert.equal(at(layout.q - 1, layout.queries.yOf(3)), null);
  assert.equal(at(layout.q + layout.bandWidth + 1, layout.queries.yOf(3)), null);
  assert.equal(at(layout.q + cell, layout.queries.yOf(3) + ROW), null); // no such query in the attention part
  assert.equal(at(layout.k + cell, HEADING - 2), null);
});

test("rows in sight are all those that a stretch of the figure touches, and few more", () => {
  for (const size of [1, 4]) {
    const sizes = { ...OPTIONS, queryRows: rows([10, 60], size) };
    const { queries } = bipartiteLayout(sizes);
    for (const [top, bottom] of [
      [0, 100],
      [333, 457],
      [950, 2000],
      [0, 5000],
    ]) {
      const [first, last] = rowsInSight(queries, [top, bottom]);
      const count = queries.rows.edges.length - 1;
      const touched = [...Array(count).keys()].filter((row) => {
        const half = queries.rowHeight(row) / 2;
        return queries.y(row) + half > top && queries.y(row) - half < bottom;
      });
      assert.ok(touched.every((row) => row >= first && row < last));
      assert.ok(last - first <= touched.length + 1);
      assert.ok(first >= 0 && last <= count);
    }
  }
});

test("the positions in sight are those of the rows", () => {
  const { queries } = bipartiteLayout({ ...OPTIONS, queryRows: rows([10, 60]) });
  assert.deepEqual(positionsInSight(queries, [41, 79]), [11, 12, 13]);
});
