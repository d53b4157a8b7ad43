import assert from "node:assert/strict";
import test from "node:test";
import {
  columnLayout,
  visiblePositions,
  visibleRows,
} from "../../assets/core/geometry/column_layout.js";
import { rowsOf } from "../../assets/core/geometry/rows.js";

const TOP = 4;
const TOKEN_HEIGHT = 20;

/**
 * The layout of a column of a text without segments.
 * @param {[number, number]} span
 * @param {number} [size] tokens per row
 */
const column = (span, size = 1) => columnLayout(rowsOf([], span, size), TOP, TOKEN_HEIGHT);

test("rows of one token are one token apart, and the first begins at the top", () => {
  const { yOfRow, yOfToken } = column([4, 9]);
  assert.equal(yOfRow(0), TOP + TOKEN_HEIGHT / 2);
  assert.equal(yOfToken(4), yOfRow(0));
  assert.equal(yOfToken(5) - yOfToken(4), TOKEN_HEIGHT);
});

test("a row of several tokens is as high as its tokens together", () => {
  const { yOfRow, yOfToken, rowHeight } = column([0, 10], 4);
  assert.deepEqual([0, 1, 2].map(rowHeight), [80, 80, 40]);
  assert.equal(yOfRow(1) - yOfRow(0), 80);
  assert.equal(yOfRow(2) - yOfRow(1), 60);
  assert.deepEqual([3, 4, 9].map(yOfToken), [0, 1, 2].map(yOfRow));
});

test("rowNear returns the row at a height, or the first or last row", () => {
  const { yOfRow, rowHeight, rowNear } = column([3, 14], 4);
  for (const row of [0, 1, 2]) {
    const half = rowHeight(row) / 2;
    assert.equal(rowNear(yOfRow(row) - half + 0.1), row);
    assert.equal(rowNear(yOfRow(row) + half - 0.1), row);
  }
  assert.equal(rowNear(-100), 0);
  assert.equal(rowNear(1e6), 2);
});

test("visibleRows covers every row in the viewport and at most one more", () => {
  for (const size of [1, 4]) {
    const queries = column([10, 60], size);
    for (const [top, bottom] of [
      [0, 100],
      [333, 457],
      [950, 2000],
      [0, 5000],
    ]) {
      const [first, last] = visibleRows(queries, [top, bottom]);
      const count = queries.rows.edges.length - 1;
      const touched = [...Array(count).keys()].filter((row) => {
        const half = queries.rowHeight(row) / 2;
        return queries.yOfRow(row) + half > top && queries.yOfRow(row) - half < bottom;
      });
      assert.ok(touched.every((row) => row >= first && row < last));
      assert.ok(last - first <= touched.length + 1);
      assert.ok(first >= 0 && last <= count);
    }
  }
});

test("visiblePositions returns the tokens of the visible rows", () => {
  assert.deepEqual(visiblePositions(column([10, 60]), [41, 79]), [11, 12, 13]);
});
