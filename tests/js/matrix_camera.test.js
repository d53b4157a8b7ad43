// The visible part of a matrix while the reader zooms and scrolls.

import assert from "node:assert/strict";
import test from "node:test";
import {
  boundCamera,
  cameraAt,
  isWhole,
  revealCamera,
  tokenSize,
  wholeCamera,
  zoomCamera,
} from "../../assets/core/geometry/matrix_camera.js";
import { matrixAxis } from "../../assets/core/geometry/matrix_layout.js";
import { assertClose } from "./ink.js";
import { madeTokens } from "./made_trace.js";

const BOUNDS = { numQueries: 1000, numKeys: 1000, side: 500 };
const WIDE = { numQueries: 4, numKeys: 1000, side: 500 };

test("the smallest scale shows the whole matrix", () => {
  const camera = boundCamera({ size: 0.001, left: 50, top: -3 }, BOUNDS);
  assert.deepEqual(camera, wholeCamera(BOUNDS));
  assert.ok(isWhole(camera, BOUNDS));
  assert.deepEqual(tokenSize(camera.size, BOUNDS), { width: 0.5, height: 0.5 });
});

test("few queries are as high as the cells of a short text", () => {
  const { width, height } = tokenSize(wholeCamera(WIDE).size, WIDE);
  assert.equal(width, 0.5);
  assert.equal(height, 26);
});

for (const bounds of [BOUNDS, WIDE]) {
  test(`zooming keeps the cell under the pointer: ${bounds.numQueries} queries`, () => {
    const point = { x: 123, y: 45 };
    const tokenAt = (camera) => {
      const { width, height } = tokenSize(camera.size, bounds);
      return [(camera.left + point.x) / width, (camera.top + point.y) / height];
    };
    let camera = wholeCamera(bounds);
    const before = tokenAt(camera);
    for (const factor of [2, 3, 4, 0.5]) {
      camera = zoomCamera(camera, factor, point, bounds);
      assertClose(tokenAt(camera)[0], before[0], 1e-6);
      if (bounds === BOUNDS) assertClose(tokenAt(camera)[1], before[1], 1e-6);
      assert.ok(camera.left >= 0 && camera.top >= 0);
    }
  });
}

test("going to a token makes it readable and scrolls only its axis", () => {
  const start = zoomCamera(wholeCamera(BOUNDS), 8, { x: 0, y: 0 }, BOUNDS);
  const camera = cameraAt(start, "key", 700, 16, BOUNDS);
  assert.equal(camera.size, 16);
  assertClose(camera.left + 250, 700.5 * 16, 1e-6);
  assert.equal(camera.top, 0);
});

test("revealing a token scrolls as little as needed", () => {
  const camera = { size: 16, left: 1000, top: 2000 };
  assert.deepEqual(revealCamera(camera, "query", [2100, 2116], BOUNDS), camera);
  assert.equal(revealCamera(camera, "query", [1984, 2000], BOUNDS).top, 1984);
  assert.equal(revealCamera(camera, "key", [1600, 1616], BOUNDS).left, 1116);
});

test("cells are at least 2 pixels and labels at least 16 pixels long", () => {
  for (const size of [0.1, 0.5, 1.9, 2, 7, 16, 40]) {
    const { cells, labels } = matrixAxis(madeTokens(4096, 1001), [0, 4096], size);
    for (const [column, least] of [
      [cells, 2],
      [labels, 16],
    ]) {
      assert.ok(column.rowHeight(0) >= least && column.rowHeight(0) < 2 * Math.max(least, size));
      assert.ok(column.rows.edges.includes(1001));
    }
  }
});
