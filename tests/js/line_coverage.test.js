// The area of a line in each pixel, compared with clipped polygons.

import assert from "node:assert/strict";
import test from "node:test";
import { LineCoverage } from "../../assets/core/geometry/line_coverage.js";
import { exactArea, randomLine, randomNumbers } from "./exact_area.js";

const SIZE = 24;

/**
 * Call a function for each pixel of a box.
 * @param {import("../../assets/core/geometry/line_coverage.js").PixelBox} box
 * @param {(column: number, row: number) => void} visit
 */
function forEachPixel({ left, right, top, bottom }, visit) {
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) visit(column, row);
  }
}

/**
 * The coverage of all pixels that a line can touch, by "column row".
 * @param {import("./exact_area.js").Line} line
 */
function coverages(line) {
  const coverage = new LineCoverage(...line);
  /** @type {Map<string, number>} */
  const found = new Map();
  const add = (
    /** @type {number} */ column,
    /** @type {number} */ row,
    /** @type {number} */ area,
  ) => {
    const pixel = `${column} ${row}`;
    assert.ok(!found.has(pixel), `pixel ${pixel} is in two parts of the line`);
    found.set(pixel, area);
  };
  forEachPixel(coverage.strip, (column, row) => {
    const [first, end] = coverage.columnsOfRow(row);
    if (first <= column && column < end) add(column, row, coverage.ofStrip(column, row));
  });
  for (const end of coverage.ends) {
    forEachPixel(end, (column, row) => add(column, row, coverage.ofLine(column, row)));
  }
  return found;
}

/**
 * Return the pixels around a line.
 * @param {import("./exact_area.js").Line} line
 */
function boundsOf([x1, y1, x2, y2, width]) {
  return {
    left: Math.floor(Math.min(x1, x2) - width),
    right: Math.ceil(Math.max(x1, x2) + width),
    top: Math.floor(Math.min(y1, y2) - width),
    bottom: Math.ceil(Math.max(y1, y2) + width),
  };
}

test("each pixel is covered by the exact area, and is in one part of the line only", () => {
  const random = randomNumbers(1);
  for (let count = 0; count < 600; count++) {
    const line = randomLine(random, SIZE, SIZE);
    // Farther ends are compared in raster.test.js: here every pixel of the line is visited.
    if (line.some((each) => Math.abs(each) > 3 * SIZE)) continue;
    const found = coverages(line);
    forEachPixel(boundsOf(line), (column, row) => {
      const area = exactArea(line, column, row);
      const own = found.get(`${column} ${row}`) ?? 0;
      assert.ok(Math.abs(own - area) < 1e-9, `${own} of ${area} at ${column}, ${row} of ${line}`);
    });
  }
});

test("the coverage of a line sums to its length times its width", () => {
  const random = randomNumbers(2);
  for (let count = 0; count < 600; count++) {
    const line = randomLine(random, SIZE, SIZE);
    if (line.some((each) => Math.abs(each) > 10 * SIZE)) continue;
    const [x1, y1, x2, y2, width] = line;
    const sum = [...coverages(line).values()].reduce((all, each) => all + each, 0);
    const expected = Math.hypot(x2 - x1, y2 - y1) * width;
    assert.ok(Math.abs(sum - expected) < 1e-6, `${sum} of ${expected} for ${line}`);
  }
});

test("a horizontal line on whole pixels covers them fully and no others", () => {
  const found = coverages([2, 3, 9, 3, 2]);
  forEachPixel({ left: 0, right: 12, top: 0, bottom: 7 }, (column, row) => {
    const expected = Number(column >= 2 && column < 9 && (row === 2 || row === 3));
    const own = found.get(`${column} ${row}`) ?? 0;
    assert.ok(Math.abs(own - expected) < 1e-9, `${own} of ${expected} at ${column}, ${row}`);
  });
});
