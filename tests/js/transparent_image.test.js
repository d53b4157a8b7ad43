// An image of a drawing without its background.

import assert from "node:assert/strict";
import test from "node:test";
import { createCanvas } from "@napi-rs/canvas";
import { removeBackground } from "../../assets/drawing/transparent_image.js";

/** @param {string} background */
function drawOn(background) {
  const context = createCanvas(3, 300).getContext("2d");
  context.fillStyle = background;
  context.fillRect(0, 0, 3, 300);
  context.fillStyle = "#ff6318";
  context.fillRect(0, 0, 1, 300);
  context.globalAlpha = 0.5;
  context.fillRect(1, 0, 1, 300);
  return context;
}

test("what differs between black and white is transparent", () => {
  const onBlack = drawOn("#000");
  removeBackground(/** @type {any} */ (onBlack), /** @type {any} */ (drawOn("#fff")));
  for (const row of [0, 299]) {
    const [opaque, half, empty] = [0, 1, 2].map((x) => [
      ...onBlack.getImageData(x, row, 1, 1).data,
    ]);
    assert.deepEqual(opaque, [255, 99, 24, 255]);
    assert.ok(Math.abs(half[3] - 127.5) <= 1);
    [255, 99, 24].forEach((value, channel) => {
      assert.ok(Math.abs(half[channel] - value) <= 3);
    });
    assert.equal(empty[3], 0);
  }
});
