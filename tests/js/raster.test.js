// Lines in memory: their coverage, how they add up, and that the embedded code is the assembled source.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import test from "node:test";
import { Raster, rgba } from "../../assets/drawing/raster.js";

const assets = new URL("../../assets/drawing/", import.meta.url);

const WHITE = rgba("#fff");
const BLACK = rgba("#000");

/**
 * Stroke lines on a white picture.
 * @param {[number, number]} size columns and rows
 * @param {number[][]} lines x1, y1, x2, y2, width, and optionally opacity and color
 * @returns {Uint8ClampedArray} RGBA
 */
function render([columns, rows], lines) {
  const raster = Raster.take(columns, rows, WHITE);
  for (const [x1, y1, x2, y2, width, opacity = 1, color = BLACK] of lines) {
    raster.stroke(x1, y1, x2, y2, width, color, opacity);
  }
  const pixels = raster.pixels.slice();
  raster.giveBack();
  return pixels;
}

/**
 * The black coverage of each pixel, 0 to 1.
 * @param {Uint8ClampedArray} pixels
 */
function coverage(pixels) {
  return Array.from({ length: pixels.length / 4 }, (_, at) => 1 - pixels[4 * at] / 255);
}

const sum = (/** @type {number[]} */ numbers) => numbers.reduce((all, each) => all + each, 0);

/** The area of a line in a pixel, from 32 × 32 samples. */
function areaIn(column, row, [x1, y1, x2, y2, width]) {
  const length = Math.hypot(x2 - x1, y2 - y1);
  const [cos, sin] = [(x2 - x1) / length, (y2 - y1) / length];
  let inside = 0;
  for (let place = 0; place < 1024; place++) {
    const x = column + ((place % 32) + 0.5) / 32 - x1;
    const y = row + (Math.floor(place / 32) + 0.5) / 32 - y1;
    const along = x * cos + y * sin;
    if (along >= 0 && along <= length && Math.abs(y * cos - x * sin) <= width / 2) inside++;
  }
  return inside / 1024;
}

test("a horizontal line on whole pixels covers them fully and no others", () => {
  const black = coverage(render([12, 6], [[2, 3, 9, 3, 2]]));
  const expected = Array.from({ length: 72 }, (_, at) => {
    const [column, row] = [at % 12, Math.floor(at / 12)];
    return Number(column >= 2 && column < 9 && (row === 2 || row === 3));
  });
  assert.deepEqual(black, expected);
});

for (const [rise, width] of [-90, -40, -7, 0, 3, 13, 40, 41, 90, 200].flatMap((each) => [
  [each, 2],
  [each, 0.75],
  [each, 6.6],
])) {
  test(`a line of width ${width} that falls by ${rise} pixels in 40 covers its area`, () => {
    const y1 = 120 - rise / 2 + 0.25;
    const line = [5, y1, 45, y1 + rise, width];
    const black = coverage(render([50, 240], [line]));
    // A canvas moves corners by up to an eighth of a pixel, along the whole line.
    const longest = Math.hypot(40, rise);
    assert.ok(Math.abs(sum(black) - longest * width) <= longest * 0.25 + 1);
    black.forEach((each, at) => {
      const area = areaIn(at % 50, Math.floor(at / 50), line);
      assert.ok(Math.abs(each - area) <= 0.3, `${each} where ${area} is covered, at ${at}`);
    });
  });
}

for (const y of [20, 20.1, 20.25, 20.4, 20.5, 20.85]) {
  for (const opacity of [1, 0.004]) {
    test(`a horizontal line at ${y} of opacity ${opacity} is the same in all columns`, () => {
      const pixels = render([900, 40], [[10, y, 890, y, 2, opacity]]);
      const column = (/** @type {number} */ at) =>
        Array.from({ length: 40 }, (_, row) => pixels[4 * (row * 900 + at)]);
      assert.notDeepEqual(column(12), column(2));
      for (let at = 12; at < 888; at++) assert.deepEqual(column(at), column(12), `column ${at}`);
    });
  }
}

test("a long line that is almost horizontal or vertical has no gaps", () => {
  const level = coverage(render([900, 40], [[10, 20.3, 890, 21.4, 2]]));
  for (let at = 12; at < 888; at++) {
    const inks = Array.from({ length: 40 }, (_, row) => level[row * 900 + at]);
    assert.ok(Math.abs(sum(inks) - 2) < 0.3, `column ${at}`);
  }
  const upright = coverage(render([110, 4000], [[5, 10, 105, 3990, 2]]));
  for (let row = 20; row < 3980; row++) {
    const inks = upright.slice(row * 110, (row + 1) * 110);
    assert.ok(Math.abs(sum(inks) - 2) < 0.3, `row ${row}`);
  }
});

test("a line that the picture's edges cut off has the same pixels", () => {
  const line = (/** @type {number} */ top) => [3, 20.25 - top, 57, 190.25 - top, 2, 0.4];
  const whole = render([60, 220], [line(0)]);
  const part = render([60, 40], [line(90)]);
  assert.deepEqual([...part], [...whole.subarray(90 * 240, 130 * 240)]);
});

test("a line outside the picture changes no pixel", () => {
  const white = render([20, 10], []);
  const lines = [
    [2, -30, 18, -5, 2],
    [2, 15, 18, 40, 2],
  ];
  assert.deepEqual(render([20, 10], lines), white);
});

/**
 * A pixel after a canvas without a GPU has fully covered it once more: each channel in whole 255ths.
 * @param {number[]} pixel
 * @param {number[]} color
 * @param {number} opacity
 */
function composited(pixel, color, opacity) {
  const alpha = Math.round(opacity * 255);
  return pixel.map((each, channel) => {
    const own = Math.round((color[channel] * alpha) / 255);
    return (own * 256 + each * (256 - alpha)) >> 8;
  });
}

for (const opacity of [0.002, 0.0039, 0.006, 0.02, 0.1, 0.5, 0.9, 1]) {
  test(`lines of opacity ${opacity} add up as on a canvas without a GPU`, () => {
    const color = [31, 119, 180];
    let expected = [255, 255, 255];
    for (let count = 1; count <= 30; count++) {
      expected = composited(expected, color, opacity);
      const lines = Array(count).fill([1, 3, 9, 3, 2, opacity, rgba("rgb(31, 119, 180)")]);
      const at = 4 * (2 * 10 + 5);
      assert.deepEqual([...render([10, 6], lines).subarray(at, at + 4)], [...expected, 255]);
    }
  });
}

test("a later line covers an earlier one", () => {
  const red = [1, 3, 9, 3, 2, 1, rgba("#f00")];
  const blue = [1, 3, 9, 3, 2, 1, rgba("#00f")];
  const at = 4 * (2 * 10 + 5);
  assert.deepEqual([...render([10, 6], [red, blue]).subarray(at, at + 4)], [0, 0, 255, 255]);
  assert.deepEqual([...render([10, 6], [blue, red]).subarray(at, at + 4)], [255, 0, 0, 255]);
});

test("a new picture has only its background color, whatever its memory contained", () => {
  render([300, 300], [[1, 5, 299, 200, 6]]);
  assert.ok(render([200, 310], []).every((byte) => byte === 255));
});

test("two pictures in use have separate memory", () => {
  const one = Raster.take(10, 6, WHITE);
  const other = Raster.take(10, 6, BLACK);
  one.stroke(1, 3, 9, 3, 2, BLACK, 1);
  assert.equal(sum([...other.pixels].filter((_, at) => at % 4 < 3)), 0);
  one.giveBack();
  other.giveBack();
});

test("the embedded code is raster.wat, assembled", async () => {
  const wabt = await createRequire(import.meta.url)("wabt")();
  const source = await readFile(new URL("raster.wat", assets), "utf8");
  const { buffer } = wabt.parseWat("raster.wat", source).toBinary({});
  const module = await readFile(new URL("raster.js", assets), "utf8");
  assert.equal(
    module.match(/ASSEMBLED =\s+"([^"]+)"/)?.[1],
    Buffer.from(buffer).toString("base64"),
    "assemble assets/drawing/raster.wat again",
  );
});
