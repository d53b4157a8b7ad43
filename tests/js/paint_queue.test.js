// Which steps of a drawing are painted at once, and which in the next frames.

import assert from "node:assert/strict";
import test from "node:test";
import { PaintQueue } from "../../assets/drawing/paint_queue.js";

/**
 * Collect the callbacks of `requestAnimationFrame`, for one test.
 * @param {import("node:test").TestContext} t
 * @returns {() => void} runs the callbacks of one frame
 */
function mockFrames(t) {
  /** @type {FrameRequestCallback[]} */
  let callbacks = [];
  globalThis.requestAnimationFrame = (callback) => callbacks.push(callback);
  t.after(() => Reflect.deleteProperty(globalThis, "requestAnimationFrame"));
  return () => {
    const due = callbacks;
    callbacks = [];
    for (const callback of due) callback(0);
  };
}

/**
 * A drawing of some steps, which records the steps that are painted.
 * @param {number} count
 */
function drawingOf(count) {
  let next = 0;
  /** @type {number[]} */
  const painted = [];
  return {
    painted,
    restart() {
      next = 0;
    },
    step() {
      painted.push(next++);
      return next === count;
    },
  };
}

test("paintNow paints the first step at once and one more in each frame", (t) => {
  const runFrame = mockFrames(t);
  const queue = new PaintQueue(() => {});
  const drawing = drawingOf(3);
  queue.paintNow(drawing);
  assert.deepEqual(drawing.painted, [0]);
  runFrame();
  runFrame();
  runFrame();
  assert.deepEqual(drawing.painted, [0, 1, 2]);
});

test("paintSoon starts again in the next frame, after beforeFrame", (t) => {
  const runFrame = mockFrames(t);
  /** @type {string[]} */
  const order = [];
  const drawing = drawingOf(2);
  const queue = new PaintQueue(() => order.push(`before, ${drawing.painted.length} painted`));
  queue.paintNow(drawing);
  queue.paintSoon(drawing);
  assert.deepEqual(drawing.painted, [0]);
  runFrame();
  assert.deepEqual(drawing.painted, [0, 0]);
  assert.deepEqual(order, ["before, 1 painted"]);
});

test("whenPainted resolves when all drawings are complete", async (t) => {
  const runFrame = mockFrames(t);
  const queue = new PaintQueue(() => {});
  await queue.whenPainted();
  let isPainted = false;
  queue.paintNow(drawingOf(2));
  queue.paintNow(drawingOf(3));
  const painted = queue.whenPainted().then(() => {
    isPainted = true;
  });
  runFrame();
  await Promise.resolve();
  assert.equal(isPainted, false);
  runFrame();
  await painted;
  assert.equal(isPainted, true);
});
