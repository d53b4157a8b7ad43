import assert from "node:assert/strict";
import test from "node:test";
import {
  BLUE,
  categoryColor,
  connectorOpacity,
  LEAST_OPACITY,
  lighten,
  ORANGE,
  signColor,
  valueOpacity,
} from "../../assets/core/color.js";

test("ten heads have ten colours, and the eleventh the first again", () => {
  const colors = Array.from({ length: 10 }, (_, head) => categoryColor(head));
  assert.equal(new Set(colors).size, 10);
  assert.equal(colors[0], "#1f77b4"); // D3's category10
  assert.equal(categoryColor(10), colors[0]);
  assert.equal(categoryColor(23), colors[3]);
});

test("an inactive head is its colour, lighter", () => {
  const brightness = (/** @type {string} */ color) =>
    [1, 3, 5].reduce((sum, at) => sum + Number.parseInt(color.slice(at, at + 2), 16), 0);
  for (let head = 0; head < 10; head++) {
    const color = categoryColor(head);
    assert.match(lighten(color), /^#[0-9a-f]{6}$/);
    assert.ok(brightness(lighten(color)) > brightness(color));
  }
});

test("positive numbers and zero are blue, negative ones orange", () => {
  assert.deepEqual([2, 0, -2].map(signColor), [BLUE, BLUE, ORANGE]);
});

test("a number's opacity is tanh of a quarter of its size, whatever its sign", () => {
  assert.equal(valueOpacity(0), 0);
  assert.equal(valueOpacity(4), Math.tanh(1));
  assert.equal(valueOpacity(-4), Math.tanh(1));
  assert.ok(valueOpacity(1e6) <= 1);
});

test("a connector's opacity is tanh of 1.8 times the weight", () => {
  assert.equal(connectorOpacity(0), 0);
  assert.equal(connectorOpacity(0.5), Math.tanh(0.9));
});

test("the least opacity is the last that rounds to nothing", () => {
  assert.equal(Math.round(0.99 * LEAST_OPACITY * 255), 0);
  assert.equal(Math.round(1.01 * LEAST_OPACITY * 255), 1);
});
