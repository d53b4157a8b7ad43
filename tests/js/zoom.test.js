import assert from "node:assert/strict";
import test from "node:test";
import { boundScale, centerScale, fitScale, zoomScale } from "../../assets/core/geometry/zoom.js";

/** A long text: 1,000 tokens of 20 pixels, of which 500 pixels are visible. */
const LONG = { numTokens: 1000, viewHeight: 500, defaultTokenHeight: 20 };
const BEGIN = { tokenHeight: 20, top: 0 };

/**
 * @param {import("../../assets/core/geometry/zoom.js").Scale} scale
 * @param {number} y
 */
const tokenAt = ({ tokenHeight, top }, y) => (top + y) / tokenHeight;

test("zooming keeps the token under the pointer where it is", () => {
  const scale = { tokenHeight: 20, top: 7000 };
  for (const factor of [0.5, 0.9, 1.1, 3]) {
    const next = zoomScale(scale, factor, 120, LONG);
    assert.equal(next.tokenHeight, 20 * factor);
    assert.ok(Math.abs(tokenAt(next, 120) - tokenAt(scale, 120)) < 1e-9);
  }
});

test("at the smallest scale all tokens are visible, at the largest two", () => {
  assert.deepEqual(zoomScale(BEGIN, 1e-6, 0, LONG), { tokenHeight: 0.5, top: 0 });
  assert.equal(zoomScale(BEGIN, 1e6, 0, LONG).tokenHeight, 250);
});

test("a text that fits is never smaller than by default", () => {
  const short = { numTokens: 5, viewHeight: 100, defaultTokenHeight: 20 };
  assert.deepEqual(zoomScale(BEGIN, 0.1, 50, short), BEGIN);
  assert.equal(zoomScale(BEGIN, 100, 50, short).tokenHeight, 50);
  assert.equal(
    zoomScale(BEGIN, 100, 0, { numTokens: 1, viewHeight: 20, defaultTokenHeight: 20 }).tokenHeight,
    20,
  );
});

test("the view never extends above the first token or below the last", () => {
  assert.equal(zoomScale(BEGIN, 0.5, 500, LONG).top, 0);
  assert.equal(centerScale(BEGIN, 3, LONG).top, 0);
  assert.equal(centerScale(BEGIN, 999, LONG).top, 20_000 - 500);
  assert.deepEqual(boundScale({ tokenHeight: 20, top: 1e9 }, LONG), {
    tokenHeight: 20,
    top: 19_500,
  });
});

test("centerScale brings a token to the middle", () => {
  const scale = centerScale(BEGIN, 400.5, LONG);
  assert.equal(tokenAt(scale, 250), 400.5);
});

test("fitScale fills the view with a span of at least two tokens", () => {
  const scale = fitScale([300, 400], LONG);
  assert.deepEqual([tokenAt(scale, 0), tokenAt(scale, 500)], [300, 400]);
  const tiny = fitScale([300, 300.5], LONG);
  assert.deepEqual([tokenAt(tiny, 0), tokenAt(tiny, 500)], [300, 302]);
});
