import assert from "node:assert/strict";
import test from "node:test";
import { numRows, rowAt, rowSize, rowsOf } from "../../assets/core/geometry/rows.js";

/**
 * @param {number} count
 * @param {number} [firstOfB]
 */
function tokensOf(count, firstOfB = count) {
  return /** @type {import("../../assets/core/data/wire.js").Token[]} */ (
    Array.from({ length: count }, (_, at) => ({ segment: at < firstOfB ? "A" : "B" }))
  );
}

test("with one token per row, there are as many rows as tokens", () => {
  const rows = rowsOf(tokensOf(5), [0, 5], 1);
  assert.deepEqual(rows.edges, [0, 1, 2, 3, 4, 5]);
  assert.equal(numRows(rows), 5);
});

test("rows are filled from the beginning, and the last row may have fewer tokens", () => {
  assert.deepEqual(rowsOf(tokensOf(11), [0, 11], 4).edges, [0, 4, 8, 11]);
});

test("no row contains tokens of two segments", () => {
  const tokens = tokensOf(13, 6);
  assert.deepEqual(rowsOf(tokens, [0, 13], 4).edges, [0, 4, 6, 10, 13]);
  assert.deepEqual(rowsOf(tokens, [0, 6], 4).edges, [0, 4, 6]);
  assert.deepEqual(rowsOf(tokens, [6, 13], 4).edges, [6, 10, 13]);
});

for (const size of [1, 2, 4, 8]) {
  test(`rowAt returns the row that contains a token, ${size} tokens per row`, () => {
    for (const span of /** @type {[number, number][]} */ ([
      [0, 29],
      [0, 10],
      [10, 29],
    ])) {
      const rows = rowsOf(tokensOf(29, 10), span, size);
      for (let position = span[0]; position < span[1]; position++) {
        const row = rowAt(rows, position);
        assert.ok(rows.edges[row] <= position && position < rows.edges[row + 1]);
      }
    }
  });
}

test("rows of a size consist of whole rows of half the size", () => {
  const edgesOf = (/** @type {number} */ size) => rowsOf(tokensOf(100, 37), [0, 100], size).edges;
  for (const size of [1, 2, 4, 8, 16]) {
    const finer = edgesOf(size);
    assert.ok(edgesOf(2 * size).every((edge) => finer.includes(edge)));
  }
});

test("a row has enough tokens to be as high as required", () => {
  assert.deepEqual(
    [360, 22.5, 14, 13.9, 7, 6.9, 0.18].map((tokenHeight) => rowSize(tokenHeight, 14)),
    [1, 1, 1, 2, 2, 4, 128],
  );
});
