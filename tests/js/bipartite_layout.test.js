import assert from "node:assert/strict";
import test from "node:test";
import { bipartiteLayout } from "../../assets/core/geometry/bipartite_layout.js";
import { rowsOf } from "../../assets/core/geometry/rows.js";

/**
 * Rows of a text without segments.
 * @param {[number, number]} span
 * @param {number} [size] tokens per row
 */
const rows = (span, size = 1) => rowsOf([], span, size);

const OPTIONS = {
  queryWidth: 60,
  keyWidth: 80,
  hasNumbers: { queries: false, keys: false },
  availableWidth: 400,
  tokenHeight: 20,
  queryRows: rows([0, 5]),
  keyRows: rows([0, 5]),
};

test("lines take the width between the columns, within bounds", () => {
  const layoutIn = (/** @type {number} */ availableWidth) =>
    bipartiteLayout({ ...OPTIONS, availableWidth });
  const fitting = layoutIn(400);
  assert.deepEqual([fitting.x1, fitting.x2, fitting.width], [60, 320, 400]);
  const narrow = layoutIn(10);
  assert.ok(narrow.x2 - narrow.x1 >= 50); // lines remain distinguishable: the figure scrolls
  const wide = layoutIn(5000);
  assert.ok(wide.width < 1000); // no line is too long to follow
});

test("numbers are on the outer side of the columns that have them", () => {
  const none = bipartiteLayout(OPTIONS);
  const both = bipartiteLayout({ ...OPTIONS, hasNumbers: { queries: true, keys: true } });
  assert.equal(none.xQuery, 0);
  assert.ok(both.xQuery > 0);
  assert.equal(both.x1, both.xQuery + OPTIONS.queryWidth);
  assert.equal(both.width - both.x2 - OPTIONS.keyWidth, both.xQuery);
  assert.equal(both.width, none.width); // the lines become narrower
});

test("both columns begin at the top with the first token of their span", () => {
  const sizes = { ...OPTIONS, queryRows: rows([4, 9]), keyRows: rows([0, 3]) };
  const { queries, keys, height } = bipartiteLayout(sizes);
  assert.equal(queries.yOfToken(4), keys.yOfToken(0));
  assert.equal(queries.yOfRow(0), queries.yOfToken(4));
  assert.equal(queries.yOfToken(5) - queries.yOfToken(4), OPTIONS.tokenHeight);
  assert.ok(queries.yOfToken(4) > 0);
  assert.ok(queries.yOfToken(8) < height);
});

test("the height does not depend on how many tokens form a row", () => {
  const sizes = { ...OPTIONS, queryRows: rows([0, 10], 4), keyRows: rows([0, 10], 4) };
  const { height } = bipartiteLayout(sizes);
  assert.equal(height, bipartiteLayout({ ...OPTIONS, queryRows: rows([0, 10]) }).height);
});
