import assert from "node:assert/strict";
import test from "node:test";
import {
  BAND_HEIGHT,
  cellAt,
  computationLayout,
  HEADER_HEIGHT,
  ROW_HEIGHT,
} from "../../assets/core/geometry/computation_layout.js";
import {
  stepLayout,
  stepsOf,
  widthWithoutTokens,
} from "../../assets/core/geometry/computation_step_layout.js";
import { rowsOf } from "../../assets/core/geometry/rows.js";
import { MIN_TOKEN_WIDTH } from "../../assets/core/geometry/token_widths.js";
import { randomNumbers } from "./exact_area.js";

/**
 * Rows of a text without segments, one token each.
 * @param {[number, number]} span
 */
const rows = (span) => rowsOf([], span, 1);

/** @typedef {import("../../assets/core/geometry/computation_layout.js").ComputationSizes} ComputationSizes */

/**
 * @param {Partial<ComputationSizes>} [sizes]
 * @returns {ComputationSizes}
 */
function sizesWith(sizes) {
  return {
    queryWidth: 60,
    keyWidth: 80,
    reasonWidth: 0,
    numTerms: 2,
    hasSink: false,
    availableWidth: 5000,
    queryRows: rows([0, 3]),
    keyRows: rows([0, 5]),
    ...sizes,
  };
}

/** @param {Partial<ComputationSizes>} [sizes] */
function computation(sizes) {
  return computationLayout(sizesWith(sizes));
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
  assert.ok(narrow.bandWidth >= 80); // the computation is shown in steps
});

test("columns of terms become narrower after the vectors, within bounds", () => {
  const numTerms = 3;
  const wide = computation({ numTerms });
  const leastVectors = wide.width - 3 * (wide.bandWidth - 80);
  const widthsOf = (/** @type {number} */ availableWidth) => {
    const { bandWidth, terms, width } = computation({ numTerms, availableWidth });
    return [bandWidth, Number(terms[1]) - Number(terms[0]), width];
  };
  assert.deepEqual(widthsOf(leastVectors), [80, 84, leastVectors]);
  assert.deepEqual(widthsOf(leastVectors - 30), [80, 74, leastVectors - 30]);
  assert.deepEqual(widthsOf(300), [80, 64, leastVectors - 60]);
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

test("the steps show each column of the computation, and the key tokens beside what is about keys", () => {
  for (const numTerms of [1, 2, 4]) {
    const sizes = sizesWith({ numTerms, availableWidth: 326 });
    const layouts = stepsOf(numTerms).map((step) => stepLayout(sizes, step));
    for (const column of ["q", "k", "product", "dot", "weight"]) {
      assert.equal(layouts.filter((layout) => layout[column] !== null).length, 1, column);
    }
    for (let term = 0; term < numTerms; term++) {
      assert.ok(layouts.some(({ terms }) => terms[term] !== null));
    }
    assert.deepEqual(
      layouts.map(({ tokens }) => tokens !== null),
      layouts.map(({ q }) => q === null),
    );
  }
});

test("each step fits into each width that has room for two narrow columns of tokens", () => {
  const random = randomNumbers(2);
  for (let run = 0; run < 2000; run++) {
    const width = () => MIN_TOKEN_WIDTH + Math.floor(random() * 140);
    const numTerms = 1 + Math.floor(random() * 4);
    const sizes = sizesWith({
      queryWidth: width(),
      keyWidth: width(),
      numTerms,
      availableWidth:
        2 * MIN_TOKEN_WIDTH + widthWithoutTokens(numTerms) + Math.floor(random() * 400),
    });
    const layouts = stepsOf(numTerms).map((step) => stepLayout(sizes, step));
    for (const layout of layouts) {
      assertInOrder(layout);
      assert.ok(layout.width <= sizes.availableWidth, JSON.stringify(sizes));
      // The tokens do not change from step to step.
      assert.equal(layout.queryWidth, layouts[0].queryWidth);
      assert.equal(layout.keyWidth, layouts[0].keyWidth);
    }
  }
});

test("the steps of a score with one term fit a phone of 360 pixels, also beside a minimap", () => {
  assert.ok(2 * MIN_TOKEN_WIDTH + widthWithoutTokens(1) <= 360 - 64 - 46);
});

/**
 * Check that the columns of a step follow each other without overlap, inside the picture.
 * @param {import("../../assets/core/geometry/computation_layout.js").ComputationLayout} layout
 */
function assertInOrder(layout) {
  const { queryWidth, keyWidth, bandWidth, q, k, product, dot, tokens, terms, weight } = layout;
  const spans = [[0, queryWidth]];
  for (const band of [q, k, product]) if (band !== null) spans.push([band, band + bandWidth]);
  if (dot !== null) spans.push([dot, dot + BAND_HEIGHT]);
  if (tokens !== null) spans.push([tokens, tokens + keyWidth]);
  // Six digits with a sign, and "<0.001".
  for (const term of terms) if (term !== null) spans.push([term - 45, term]);
  if (weight !== null) spans.push([weight - 42, weight]);
  spans.reduce((end, [from, to]) => {
    assert.ok(end <= from && from < to, JSON.stringify(layout));
    return to;
  }, 0);
  assert.ok((spans.at(-1)?.[1] ?? 0) < layout.width);
  assert.ok(layout.queryWidth <= layout.corner && layout.corner < spans[1][0]);
}
