// Pictures of lines, in WebAssembly and in JavaScript, compared with exact pictures in float64.

import assert from "node:assert/strict";
import test from "node:test";
import { Raster } from "../../assets/drawing/raster.js";
import { createScalarKernel } from "../../assets/drawing/scalar_kernel.js";
import { createSimdKernel } from "../../assets/drawing/simd_kernel.js";
import { exactPicture, randomLine, randomNumbers } from "./exact_area.js";

/** @typedef {Parameters<typeof exactPicture>[0]} Picture */

const KERNELS = { WebAssembly: createSimdKernel, JavaScript: createScalarKernel };

const rgb = ([r, g, b]) => ({ r, g, b });

/**
 * Draw a picture.
 * @param {Raster} raster
 * @param {Picture} picture
 * @returns {Uint8ClampedArray} `[row, column, RGBA]`
 */
function draw(raster, { columns, rows, background, colors, lines }) {
  raster.start(columns, rows, rgb(background));
  colors.forEach((color, index) => {
    for (const { line, color, opacity } of lines) {
      if (color === index) raster.stroke(...line, opacity);
    }
    raster.composite(rgb(color));
  });
  return pixelsOf(raster, columns, rows);
}

/**
 * @param {Raster} raster
 * @param {number} columns
 * @param {number} rows
 * @returns {Uint8ClampedArray} `[row, column, RGBA]`
 */
function pixelsOf(raster, columns, rows) {
  const { bytes, stride } = raster.round();
  return Uint8ClampedArray.from({ length: rows * columns * 4 }, (_, at) => {
    return bytes[Math.floor(at / (columns * 4)) * stride * 4 + (at % (columns * 4))];
  });
}

/**
 * @param {() => number} random
 * @param {number} numLines
 * @param {number[]} opacities
 * @returns {Picture}
 */
function randomPicture(random, numLines, opacities) {
  const [columns, rows] = [1 + Math.floor(random() * 24), 1 + Math.floor(random() * 24)];
  const color = () => [0, 1, 2].map(() => Math.floor(random() * 256));
  const colors = [color(), color(), color()];
  const lines = Array.from({ length: numLines }, () => ({
    line: randomLine(random, columns, rows),
    color: Math.floor(random() * colors.length),
    opacity: opacities[Math.floor(random() * opacities.length)] * random(),
  }));
  return { columns, rows, background: color(), colors, lines };
}

/**
 * Check that pixels differ from the exact ones by the rounding and at most `error`.
 * @param {Uint8ClampedArray} pixels `[pixel, RGBA]`
 * @param {Float64Array} exact `[pixel, RGB]`
 * @param {number} error
 */
function assertExact(pixels, exact, error) {
  exact.forEach((value, at) => {
    const [pixel, channel] = [Math.floor(at / 3), at % 3];
    const own = pixels[4 * pixel + channel];
    assert.ok(Math.abs(own - value) <= 0.5 + error, `${own} instead of ${value}, pixel ${pixel}`);
  });
  for (let alpha = 3; alpha < pixels.length; alpha += 4) assert.equal(pixels[alpha], 255);
}

for (const [name, createKernel] of Object.entries(KERNELS)) {
  const kernel = createKernel();
  assert.ok(kernel);
  const raster = new Raster(kernel);

  test(`${name}: pixels of random lines are those of the exact product, rounded`, () => {
    const random = randomNumbers(3);
    for (let count = 0; count < 150; count++) {
      const picture = randomPicture(random, 1 + Math.floor(random() * 12), [1, 0.1]);
      assertExact(draw(raster, picture), exactPicture(picture), 0.05);
    }
  });

  test(`${name}: two thousand lines of opacity 1/255 are those of the exact product, rounded`, () => {
    const random = randomNumbers(4);
    const line = () => ({
      line: [-1, random() * 12, 9, random() * 12, 2],
      color: 0,
      opacity: 1 / 255,
    });
    const lines = Array.from({ length: 2000 }, line);
    const picture = { columns: 8, rows: 12, background: [255, 255, 255], colors: [[200, 0, 30]] };
    assertExact(draw(raster, { ...picture, lines }), exactPicture({ ...picture, lines }), 0.2);
  });

  test(`${name}: the order of lines of one color changes no pixel by more than the rounding`, () => {
    const random = randomNumbers(5);
    for (let count = 0; count < 50; count++) {
      const picture = randomPicture(random, 60, [0.2]);
      const backwards = { ...picture, lines: [...picture.lines].reverse() };
      const pixels = draw(raster, picture);
      draw(raster, backwards).forEach((byte, at) => {
        assert.ok(Math.abs(byte - pixels[at]) <= 1);
      });
    }
  });

  test(`${name}: the edges of a picture cut lines off without another change`, () => {
    const random = randomNumbers(6);
    for (let count = 0; count < 60; count++) {
      const picture = { ...randomPicture(random, 10, [1, 0.1]), columns: 30, rows: 26 };
      const whole = draw(raster, picture);
      const [left, top] = [Math.floor(random() * 12), Math.floor(random() * 12)];
      const [columns, rows] = [1 + Math.floor(random() * 18), 1 + Math.floor(random() * 14)];
      const lines = picture.lines.map((each) => {
        const [x1, y1, x2, y2, width] = each.line;
        return { ...each, line: [x1 - left, y1 - top, x2 - left, y2 - top, width] };
      });
      const part = draw(raster, { ...picture, columns, rows, lines });
      part.forEach((byte, at) => {
        const [pixel, channel] = [Math.floor(at / 4), at % 4];
        const [column, row] = [left + (pixel % columns), top + Math.floor(pixel / columns)];
        assert.ok(Math.abs(byte - whole[4 * (row * 30 + column) + channel]) <= 1);
      });
    }
  });

  test(`${name}: the coverage of a line sums to its length times its width`, () => {
    for (const line of [
      [5, 30.2, 55, 31.4, 2],
      [5, 8.3, 55, 52.9, 2],
      [20, 3, 40, 57, 6.6],
      [28, 2.5, 31.5, 57.5, 0.75],
    ]) {
      const lines = [{ line, color: 0, opacity: 1 }];
      const picture = { columns: 60, rows: 60, background: [255, 255, 255], colors: [[0, 0, 0]] };
      const pixels = draw(raster, { ...picture, lines });
      let sum = 0;
      for (let at = 0; at < pixels.length; at += 4) sum += 1 - pixels[at] / 255;
      const [x1, y1, x2, y2, width] = line;
      const area = Math.hypot(x2 - x1, y2 - y1) * width;
      // Rounded: each of the pixels that are partly covered is wrong by 0.5/255 at most.
      assert.ok(Math.abs(sum - area) < area * 0.005, `${sum} of ${area}`);
    }
  });

  test(`${name}: a later color covers an earlier one`, () => {
    const [red, blue] = [
      [255, 0, 0],
      [0, 0, 255],
    ];
    for (const colors of [
      [red, blue],
      [blue, red],
    ]) {
      const lines = [0, 1].map((color) => ({ line: [0, 2, 4, 2, 4], color, opacity: 1 }));
      const pixels = draw(raster, { columns: 4, rows: 4, background: [9, 9, 9], colors, lines });
      assert.deepEqual([...pixels.subarray(0, 4)], [...colors[1], 255]);
    }
  });

  test(`${name}: lines of one color that are composited in two steps are those of one step`, () => {
    const random = randomNumbers(7);
    for (let count = 0; count < 50; count++) {
      const { lines, ...picture } = randomPicture(random, 20, [0.3]);
      const color = picture.colors[0];
      const once = draw(raster, {
        ...picture,
        colors: [color],
        lines: lines.map((each) => ({ ...each, color: 0 })),
      });
      const inSteps = draw(raster, {
        ...picture,
        colors: [color, color],
        lines: lines.map((each, at) => ({ ...each, color: at % 2 })),
      });
      once.forEach((byte, at) => {
        assert.ok(Math.abs(byte - inSteps[at]) <= 1);
      });
    }
  });

  test(`${name}: a line without a length, a width or an opacity changes no pixel`, () => {
    const lines = [
      { line: [3, 3, 3, 3, 2], color: 0, opacity: 1 },
      { line: [1, 3, 9, 5, 0], color: 0, opacity: 1 },
      { line: [1, 3, 9, 5, 2], color: 0, opacity: 0 },
    ];
    const picture = { columns: 10, rows: 6, background: [255, 255, 255], colors: [[0, 0, 0]] };
    assert.ok(draw(raster, { ...picture, lines }).every((byte) => byte === 255));
  });

  test(`${name}: a new picture has only its background, whatever its memory contained`, () => {
    raster.start(300, 300, rgb([255, 255, 255]));
    raster.stroke(1, 5, 299, 200, 6, 1);
    raster.start(200, 310, rgb([10, 20, 30]));
    raster.composite(rgb([0, 0, 0]));
    const pixels = pixelsOf(raster, 200, 310);
    assert.ok(pixels.every((byte, at) => byte === [10, 20, 30, 255][at % 4]));
  });

  test(`${name}: two pictures in use have separate memory`, () => {
    const other = new Raster(/** @type {any} */ (createKernel()));
    raster.start(10, 6, rgb([255, 255, 255]));
    other.start(10, 6, rgb([0, 0, 0]));
    raster.stroke(1, 3, 9, 3, 2, 1);
    raster.composite(rgb([0, 255, 0]));
    other.composite(rgb([0, 255, 0]));
    assert.ok(pixelsOf(other, 10, 6).every((byte, at) => byte === (at % 4 === 3 ? 255 : 0)));
  });
}

test("both kernels draw the same picture, to 1/255", () => {
  const random = randomNumbers(8);
  const [simd, scalar] = Object.values(KERNELS).map((create) => new Raster(create()));
  for (let count = 0; count < 300; count++) {
    const picture = randomPicture(random, 40, [1, 0.1, 0.01]);
    const pixels = draw(simd, picture);
    draw(scalar, picture).forEach((byte, at) => {
      assert.ok(Math.abs(byte - pixels[at]) <= 1);
    });
  }
});
