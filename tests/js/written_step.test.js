// The steps through the tokens that a model wrote.

import assert from "node:assert/strict";
import test from "node:test";
import { predictedBy, stepTo, writtenSpan } from "../../assets/core/state/written_step.js";
import { madeTokens } from "./made_trace.js";

/** @typedef {import("../../assets/core/data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("../../assets/core/state/written_step.js").WrittenSpan} WrittenSpan */

/** @type {(position: number) => TokenPosition} */
const query = (position) => ({ axis: "query", position });
/** @type {(position: number) => TokenPosition} */
const key = (position) => ({ axis: "key", position });

/** @type {(count: number, from: number) => import("../../assets/core/data/wire.js").Token[]} */
const written = (count, from) =>
  madeTokens(count).map((token, at) => (at < from ? token : { ...token, written: true }));

/** @type {WrittenSpan} of the tokens 4, 5 and 6, the last three of a text */
const SPAN = [4, 7];

test("a text that a reader wrote has no steps", () => {
  assert.equal(writtenSpan(madeTokens(7), [0, 7]), null);
});

test("the steps are the written tokens", () => {
  assert.deepEqual(writtenSpan(written(7, 4), [0, 7]), [4, 7]);
});

test("the last token can be the only written one", () => {
  assert.deepEqual(writtenSpan(written(7, 6), [0, 7]), [6, 7]);
});

test("a part of a text has the steps that its rows predict", () => {
  assert.deepEqual(writtenSpan(written(7, 2), [3, 5]), [4, 6]);
  assert.equal(writtenSpan(written(7, 6), [0, 4]), null);
});

test("a row predicts the token after it", () => {
  assert.equal(predictedBy(query(3), SPAN), 4);
  assert.equal(predictedBy(query(5), SPAN), 6);
});

test("a row before the last token of the prompt predicts no written token", () => {
  assert.equal(predictedBy(query(2), SPAN), null);
});

test("the last row predicts a token that the text does not have", () => {
  assert.equal(predictedBy(query(6), SPAN), null);
});

test("no token, a key, and several queries predict nothing", () => {
  assert.equal(predictedBy(null, SPAN), null);
  assert.equal(predictedBy(key(4), SPAN), null);
  assert.equal(predictedBy({ ...query(3), others: [4] }, SPAN), null);
});

test("the first step pins the last token of the prompt", () => {
  assert.deepEqual(stepTo(null, SPAN, 1), query(3));
});

test("the first step back pins the row that predicted the last token", () => {
  assert.deepEqual(stepTo(null, SPAN, -1), query(5));
});

test("a step pins the row of the next or the previous written token", () => {
  assert.deepEqual(stepTo(query(3), SPAN, 1), query(4));
  assert.deepEqual(stepTo(query(4), SPAN, -1), query(3));
});

test("the steps go in a circle", () => {
  assert.deepEqual(stepTo(query(5), SPAN, 1), query(3));
  assert.deepEqual(stepTo(query(3), SPAN, -1), query(5));
});

test("a pinned row that predicts no written token starts at the first one", () => {
  assert.deepEqual(stepTo(query(1), SPAN, 1), query(3));
  assert.deepEqual(stepTo(key(5), SPAN, 1), query(3));
});
