import assert from "node:assert/strict";
import test from "node:test";
import { keepChoice, soloHead, toggleHead } from "../../assets/core/selection.js";

const [ON, OFF] = [true, false];

test("a click switches a head off", () => {
  assert.deepEqual(toggleHead([ON, ON, ON], 1), [ON, OFF, ON]);
});

test("a click switches a head on", () => {
  assert.deepEqual(toggleHead([ON, OFF, OFF], 2), [ON, OFF, ON]);
});

test("two clicks change nothing", () => {
  const heads = [ON, OFF, ON];
  assert.deepEqual(toggleHead(toggleHead(heads, 1), 1), heads);
});

test("the last active head stays on", () => {
  assert.deepEqual(toggleHead([OFF, ON, OFF], 1), [OFF, ON, OFF]);
});

test("a double click leaves one head alone", () => {
  assert.deepEqual(soloHead([ON, ON, ON], 2), [OFF, OFF, ON]);
});

test("a double click on an inactive head leaves it alone too", () => {
  assert.deepEqual(soloHead([ON, OFF, ON], 1), [OFF, ON, OFF]);
});

test("a double click on the only active head brings all back", () => {
  assert.deepEqual(soloHead([OFF, ON, OFF], 1), [ON, ON, ON]);
});

test("a model of one head keeps it", () => {
  assert.deepEqual(toggleHead([ON], 0), [ON]);
  assert.deepEqual(soloHead([ON], 0), [ON]);
});

test("a selection is never changed in place", () => {
  const heads = Object.freeze([ON, ON, OFF]);
  toggleHead([...heads], 0);
  assert.doesNotThrow(() => toggleHead(/** @type {boolean[]} */ (heads), 0));
  assert.doesNotThrow(() => soloHead(/** @type {boolean[]} */ (heads), 0));
  assert.deepEqual(heads, [ON, ON, OFF]);
});

test("what was chosen is kept where the new choices hold it", () => {
  assert.equal(
    keepChoice([3, 4, 5], (each) => each === 5),
    5,
  );
});

test("what is gone gives way to the first choice", () => {
  assert.equal(
    keepChoice([3, 4, 5], (each) => each === 9),
    3,
  );
});
