// The layout of the model view's grid.

import assert from "node:assert/strict";
import test from "node:test";
import {
  AXIS_SIZE,
  cellCorner,
  gridLayout,
  gridNumbers,
  nextLayerToDraw,
} from "../../assets/core/geometry/grid_layout.js";

const ALL = { gridLayers: null, gridHeads: null };

function entries(...numHeads) {
  return numHeads.map((num_heads, layer) => ({ layer, num_heads }));
}

test("cells share the available width, within bounds", () => {
  assert.equal(gridLayout(entries(12, 12), ALL, AXIS_SIZE + 12 * 80 + 7).size, 80);
  assert.equal(gridLayout(entries(2, 2), ALL, 1200).size, 112);
  assert.equal(gridLayout(entries(64, 64), ALL, 1000).size, 24);
});

test("a cell on the screen of a phone is large enough for a finger", () => {
  for (const width of [280, 326, 390, 479]) {
    for (const numHeads of [1, 4, 12, 32, 128]) {
      const { size } = gridLayout(entries(numHeads), ALL, width);
      assert.ok(size >= 40, `${size} pixels for ${numHeads} heads in ${width}`);
    }
  }
});

test("the numbers of a grid are those of all layers, and of the heads of the largest layer", () => {
  const sparse = [
    { layer: 3, num_heads: 2 },
    { layer: 7, num_heads: 4 },
  ];
  assert.deepEqual(gridNumbers(sparse), { layers: [3, 7], heads: [0, 1, 2, 3] });
});

test("a layer has no cells for heads that only other layers have", () => {
  const { cells, heads } = gridLayout(entries(2, 3), ALL, 1000);
  assert.deepEqual(heads, [0, 1, 2]);
  assert.deepEqual(
    cells.map(({ layer, head }) => `${layer}.${head}`),
    ["0.0", "0.1", "1.0", "1.1", "1.2"],
  );
});

test("chosen layers and heads are next to each other and keep their numbers", () => {
  const grid = gridLayout(entries(4, 4, 4, 4), { gridLayers: [1, 3], gridHeads: [0, 2] }, 1000);
  assert.deepEqual(
    [grid.layers, grid.heads],
    [
      [1, 3],
      [0, 2],
    ],
  );
  assert.deepEqual(cellCorner(grid, { layer: 3, head: 2 }), { x: grid.size, y: grid.size });
  assert.deepEqual(cellCorner(grid, { layer: 1, head: 0 }), { x: 0, y: 0 });
});

test("the first visible layer is drawn next, then the first of the others", () => {
  assert.equal(
    nextLayerToDraw([0, 1, 5, 6], (layer) => layer > 4),
    5,
  );
  assert.equal(
    nextLayerToDraw([2, 3], () => false),
    2,
  );
});
