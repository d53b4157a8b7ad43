// The pairs of dimensions that rotate together, and how the page describes them.

import assert from "node:assert/strict";
import test from "node:test";
import { cellNote, partnerOf, rotationNote } from "../../assets/core/formula/rotation.js";

test("a rotation in halves pairs a dimension with the one half the size further", () => {
  const halves = { start: 0, size: 64, interleaved: false };
  assert.equal(
    rotationNote(halves, 64),
    "All 64 dimensions rotate with the position, in pairs of i and i + 32.",
  );
  assert.deepEqual(
    [0, 31, 32, 63].map((dim) => partnerOf(halves, dim)),
    [32, 63, 0, 31],
  );
});

test("an interleaved rotation pairs neighbors, and other dimensions have no partner", () => {
  const interleaved = { start: 64, size: 32, interleaved: true };
  assert.equal(
    rotationNote(interleaved, 96),
    "Dimensions 64 to 95 rotate with the position, in pairs of neighbors; the other 64 do not.",
  );
  assert.deepEqual(
    [63, 64, 65, 94, 95].map((dim) => partnerOf(interleaved, dim)),
    [null, 65, 64, 95, 94],
  );
  assert.equal(partnerOf(null, 3), null);
});

test("the partner of a partner is the dimension itself", () => {
  for (const interleaved of [false, true]) {
    for (const start of [0, 6]) {
      const rotation = { start, size: 10, interleaved };
      for (let dim = start; dim < start + 10; dim++) {
        const partner = partnerOf(rotation, dim);
        assert.notEqual(partner, dim);
        assert.equal(partnerOf(rotation, partner ?? -1), dim);
      }
    }
  }
});

test("the note on a cell gives its number and its partner's", () => {
  const numbers = [0.5, -1, 2, 3];
  const cell = { name: "q of cat", dim: 1, numbers };
  assert.equal(
    cellNote({ ...cell, partner: null, hasRotation: false }),
    "q of cat, dimension 1: −1.000",
  );
  assert.equal(
    cellNote({ ...cell, partner: 3, hasRotation: true }),
    "q of cat, dimension 1: −1.000; rotates with dimension 3: 3.000",
  );
  assert.match(cellNote({ ...cell, partner: null, hasRotation: true }), /; does not rotate$/);
});
