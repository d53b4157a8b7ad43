// Lines on a large canvas, which are rendered in bands of limited memory.

import assert from "node:assert/strict";
import test from "node:test";
import { createCanvas, ImageData } from "@napi-rs/canvas";
import { canvasSurface } from "../../assets/drawing/canvas_surface.js";
import { randomNumbers } from "./exact_area.js";

// Of the browser; only canvas_surface.js uses it.
globalThis.ImageData = ImageData;

const WIDTH = 2000;
const HEIGHT = 1500;

/** @param {number} ratio canvas pixels per CSS pixel */
function createSurface(ratio) {
  const context = createCanvas(WIDTH, HEIGHT).getContext("2d");
  context.scale(ratio, ratio);
  return { context, surface: canvasSurface(context, "#fff") };
}

test("bands cover a box without gaps, and none needs more than 50 MB", () => {
  const random = randomNumbers(9);
  for (let count = 0; count < 200; count++) {
    const ratio = [0.75, 1, 1.25, 2, 3][count % 5];
    const [left, top] = [random() * 100, random() * 5000];
    const box = [left, top, left + 1 + random() * 8000, top + 1 + random() * 3000];
    const bands = createSurface(ratio).surface.bandsOf(box);
    assert.deepEqual([bands[0][1], bands.at(-1)[3]], [box[1], box[3]]);
    bands.forEach(([x1, y1, x2, y2], at) => {
      assert.deepEqual([x1, x2], [box[0], box[2]]);
      assert.ok(y1 < y2);
      if (at > 0) assert.equal(y1, bands[at - 1][3]);
      const pixels = Math.ceil((x2 - x1) * ratio + 1) * Math.ceil((y2 - y1) * ratio + 1);
      assert.ok(pixels * 20 < 50e6, `${pixels} pixels`);
    });
  }
});

for (const ratio of [1, 1.25]) {
  test(`bands show the picture that one band shows, at ${ratio} pixels per CSS pixel`, () => {
    const random = randomNumbers(10);
    const [width, height] = [WIDTH / ratio, HEIGHT / ratio];
    const lines = Array.from({ length: 40 }, () => {
      return [2, random() * height, width - 2, random() * height, 0.3 + random() / 2];
    });
    /** @param {import("../../assets/drawing/surface.js").Box[]} boxes */
    const draw = (boxes) => {
      const { context, surface } = createSurface(ratio);
      for (const box of boxes) {
        const renderer = surface.createLineRenderer(box, 2);
        for (const [index, line] of lines.entries()) {
          if (index % 20 === 0) renderer.setColor(index ? "#00f" : "#d62728");
          renderer.line(...line);
        }
        renderer.flush();
        renderer.release();
      }
      return context.getImageData(0, 0, WIDTH, HEIGHT).data;
    };
    const whole = [0, 0, width, height];
    const bands = createSurface(ratio).surface.bandsOf(whole);
    assert.ok(bands.length > 1);
    const [inBands, atOnce] = [draw(bands), draw([whole])];
    let different = 0;
    for (let at = 0; at < atOnce.length; at++) {
      different = Math.max(different, Math.abs(atOnce[at] - inBands[at]));
    }
    assert.ok(different <= 1, `${different}`);
    assert.ok(atOnce.some((byte, at) => at % 4 < 3 && byte < 120));
  });
}
