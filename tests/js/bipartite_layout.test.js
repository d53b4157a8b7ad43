import assert from "node:assert/strict";
import test from "node:test";
import { bipartiteLayout, MIN_PICTURE_WIDTH } from "../../assets/core/geometry/bipartite_layout.js";
import { rowsOf } from "../../assets/core/geometry/rows.js";
import { MIN_TOKEN_WIDTH } from "../../assets/core/geometry/token_widths.js";
import { randomNumbers } from "./exact_area.js";

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
  const numbers = { queries: true, keys: true };
  const both = bipartiteLayout({ ...OPTIONS, hasNumbers: numbers, availableWidth: 460 });
  assert.equal(none.xQuery, 0);
  assert.ok(both.xQuery > 0);
  assert.equal(both.x1, both.xQuery + OPTIONS.queryWidth);
  assert.equal(both.width - both.x2 - OPTIONS.keyWidth, both.xQuery);
  assert.ok(both.xQueryNumbers < both.xQuery);
  assert.equal(both.x1OfKey, both.x1);
  assert.equal(both.width, 460);
  assert.ok(both.x2 - both.x1 < 460 - 140); // the lines become narrower
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

test("in a narrow picture the queries are at the left edge, and their numbers beside them", () => {
  const hasNumbers = { queries: true, keys: true };
  const layout = bipartiteLayout({ ...OPTIONS, hasNumbers, availableWidth: 326 });
  assert.equal(layout.xQuery, 0);
  assert.ok(layout.xQueryNumbers >= layout.x1);
  assert.ok(layout.x1OfKey >= layout.xQueryNumbers + LONGEST_NUMBER);
  assert.ok(layout.x1OfKey < layout.x2);
  assert.equal(layout.width, 326);
});

/** Pixels of the number "<0.001", rounded up. */
const LONGEST_NUMBER = 42;

test("everything fits into each width from MIN_PICTURE_WIDTH, and labels are cut only if they must", () => {
  const random = randomNumbers(1);
  for (let run = 0; run < 5000; run++) {
    const width = () => MIN_TOKEN_WIDTH + Math.floor(random() * 140);
    const sizes = {
      ...OPTIONS,
      queryWidth: width(),
      keyWidth: width(),
      hasNumbers: { queries: random() < 0.5, keys: random() < 0.5 },
      availableWidth: MIN_PICTURE_WIDTH + Math.floor(random() ** 2 * 1000),
    };
    const layout = bipartiteLayout(sizes);
    assertInside(layout, sizes);
    const isCut = layout.queryWidth < sizes.queryWidth || layout.keyWidth < sizes.keyWidth;
    // Labels are cut only where the lines are as short as they may be.
    if (isCut) assert.ok(layout.x2 - layout.x1 <= MIN_LINES_WIDTH, JSON.stringify(sizes));
  }
});

test("predictions are left of the queries, and the numbers of the queries right of them", () => {
  const hasNumbers = { queries: true, keys: true };
  const layout = bipartiteLayout({
    ...OPTIONS,
    hasNumbers,
    hasPredictions: true,
    availableWidth: 800,
  });
  assert.ok(layout.xQuery > 100);
  assert.equal(layout.hasProbabilities, true);
  assert.ok(layout.xQueryNumbers >= layout.x1);
  assert.equal(bipartiteLayout({ ...OPTIONS, hasNumbers }).hasProbabilities, false);
});

test("predictions fit beside tokens of any width, without probabilities only on the narrowest phone", () => {
  const random = randomNumbers(2);
  for (let run = 0; run < 2000; run++) {
    const width = () => MIN_TOKEN_WIDTH + Math.floor(random() * 140);
    const sizes = {
      ...OPTIONS,
      queryWidth: width(),
      keyWidth: width(),
      hasNumbers: { queries: true, keys: true },
      hasPredictions: true,
      availableWidth: MIN_PICTURE_WIDTH + MIN_TOKEN_WIDTH + Math.floor(random() ** 2 * 1000),
    };
    const layout = bipartiteLayout(sizes);
    assertInside(layout, sizes);
    assert.ok(layout.xQuery >= MIN_TOKEN_WIDTH);
    assert.equal(layout.hasProbabilities, sizes.availableWidth >= MIN_PICTURE_WIDTH + 88);
  }
});

/** Pixels of the lines of a picture that has no width left. */
const MIN_LINES_WIDTH = 80;

/**
 * Check that a layout has its columns and numbers beside each other, inside the available width.
 * @param {import("../../assets/core/geometry/bipartite_layout.js").BipartiteLayout} layout
 * @param {import("../../assets/core/geometry/bipartite_layout.js").BipartiteSizes} sizes
 */
function assertInside(layout, { hasNumbers, availableWidth }) {
  const { xQuery, queryWidth, keyWidth, x1, x1OfKey, x2, xQueryNumbers, xKeyNumbers } = layout;
  const from = [xQuery, ...(hasNumbers.queries ? [xQueryNumbers] : [])];
  const to = [x2 + keyWidth, ...(hasNumbers.keys ? [xKeyNumbers] : [])];
  assert.ok(Math.min(...from) >= 0);
  assert.ok(Math.max(...to) <= layout.width);
  assert.ok(layout.width <= availableWidth);
  assert.equal(xQuery + queryWidth, x1);
  assert.ok(Math.min(queryWidth, keyWidth) >= MIN_TOKEN_WIDTH);
  assert.ok(x1 <= x1OfKey && x1OfKey + 20 <= x2);
  if (hasNumbers.keys) assert.ok(xKeyNumbers - LONGEST_NUMBER >= x2 + keyWidth);
  if (!hasNumbers.queries) return;
  const isOutside = xQueryNumbers + LONGEST_NUMBER <= xQuery;
  assert.ok(isOutside || (x1 <= xQueryNumbers && xQueryNumbers + LONGEST_NUMBER <= x1OfKey));
}
