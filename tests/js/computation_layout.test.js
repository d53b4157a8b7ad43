import assert from "node:assert/strict";
import test from "node:test";
import {
  cellAt,
  computationLayout,
  HEADER_HEIGHT,
  ROW_HEIGHT,
} from "../../assets/core/geometry/computation_layout.js";
import { rowsOf } from "../../assets/core/geometry/rows.js";

/**
 * Rows of a text without segments, one token each.
 * @param {[number, number]} span
 */
const rows = (span) => rowsOf([], span, 1);

/** @param {Partial<import("../../assets/core/geometry/computation_layout.js").ComputationSizes>} [sizes] */
function computation(sizes) {
  return computationLayout({
    queryWidth: 60,
    keyWidth: 80,
    reasonWidth: 0,
    numTerms: 2,
    hasSink: false,
    availableWidth: 5000,
    queryRows: rows([0, 3]),
    keyRows: rows([0, 5]),
    ...sizes,
  });
}

test("the columns of a computation follow each other without overlap", () => {
  const layout = computation();
  const { bandWidth, q, k, product, dot, tokens, reasons, terms, weight, width } = layout;
  assert.ok(layout.queryWidth < q);
  assert.ok(q + bandWidth < k);
  assert.ok(k + bandWidth < product);
  assert.ok(product + bandWidth < dot);
  assert.ok(dot < tokens);
  assert.ok(tokens + 80 < reasons);
  assert.equal(terms.length, 2);
  assert.ok(reasons < terms[0]);
  assert.ok(terms[0] < terms[1]);
  assert.ok(terms[1] < weight);
  assert.ok(weight < width);
  assert.equal(layout.keys.yOfRow(1) - layout.keys.yOfRow(0), ROW_HEIGHT);
  assert.ok(layout.queries.yOfRow(0) > HEADER_HEIGHT);
});

test("vectors become narrower before numbers are cut off, within bounds", () => {
  const wide = computation();
  const narrower = computation({ availableWidth: wide.width - 60 });
  assert.equal(narrower.bandWidth, wide.bandWidth - 20);
  assert.equal(narrower.width, wide.width - 60);
  const narrow = computation({ availableWidth: 300 });
  assert.ok(narrow.bandWidth >= 100); // the figure scrolls
});

test("text in place of numbers has the width that it needs", () => {
  const { reasons, terms, weight } = computation({ reasonWidth: 500 });
  assert.ok(terms[1] - reasons >= 500);
  assert.ok(weight > terms[1]);
});

test("the sink has a row of its own below the keys", () => {
  const [without, withSink] = [computation(), computation({ hasSink: true })];
  assert.ok(withSink.ySink - ROW_HEIGHT / 2 >= withSink.keysEnd);
  assert.ok(withSink.height >= withSink.ySink + ROW_HEIGHT / 2);
  assert.ok(without.height < withSink.height);
});

test("the rows end with the last token", () => {
  const { queriesEnd, keysEnd, queries, keys, height } = computation();
  const ends = [queries.yOfRow(2) + ROW_HEIGHT / 2, keys.yOfRow(4) + ROW_HEIGHT / 2];
  assert.deepEqual([queriesEnd, keysEnd], ends);
  assert.equal(height, keysEnd);
});

test("cellAt finds the element of a vector at a point", () => {
  /** @type {import("../../assets/core/state/attention_part.js").AttentionPart} */
  const part = { label: "", component: "self", queries: [2, 4], keys: [1, 6] };
  const layout = computation({ queryRows: rows([2, 4]), keyRows: rows([1, 6]) });
  const cell = layout.bandWidth / 8;
  const at = (/** @type {number} */ x, /** @type {number} */ y) =>
    cellAt(layout, part, 8, { x, y });
  assert.deepEqual(at(layout.q + 3.5 * cell, layout.queries.yOfToken(3)), {
    vector: "q",
    position: 3,
    dim: 3,
  });
  assert.deepEqual(at(layout.k + 0.1 * cell, layout.keys.yOfToken(1)), {
    vector: "k",
    position: 1,
    dim: 0,
  });
  assert.deepEqual(at(layout.product + 7.9 * cell, layout.keys.yOfToken(5)), {
    vector: "product",
    position: 5,
    dim: 7,
  });
  assert.equal(at(layout.q - 1, layout.queries.yOfToken(3)), null);
  assert.equal(at(layout.q + layout.bandWidth + 1, layout.queries.yOfToken(3)), null);
  assert.equal(at(layout.q + cell, layout.queries.yOfToken(3) + ROW_HEIGHT), null); // no such query
  assert.equal(at(layout.k + cell, HEADER_HEIGHT - 2), null);
});
