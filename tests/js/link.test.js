// A link holds what was chosen, and nothing that anyone else puts into it.

import assert from "node:assert/strict";
import test from "node:test";
import { linkParameters, selectionFromLink } from "../../assets/core/state/link.js";
import { NOTHING_CHOSEN } from "../../assets/core/state/selection.js";

const again = (selection) =>
  selectionFromLink(new URLSearchParams(linkParameters(selection)), NOTHING_CHOSEN);

const CHOSEN = {
  ...NOTHING_CHOSEN,
  attentionPart: "Sentence A -> Sentence B",
  layer: 3,
  head: 11,
  heads: [0, 11],
  gridLayers: [1, 2],
  gridHeads: [5],
  cell: { layer: 0, head: 7 },
  expanded: true,
  pinned: { axis: "key", position: 4095 },
  palette: "okabe-ito",
};

test("what was chosen comes back, all of it", () => {
  assert.deepEqual(again(CHOSEN), CHOSEN);
  assert.ok(Object.values(linkParameters(CHOSEN)).every((words) => words !== ""));
});

test("each choice comes back by itself", () => {
  for (const [name, value] of Object.entries(CHOSEN)) {
    const one = { ...NOTHING_CHOSEN, [name]: value };
    assert.deepEqual(again(one), one, name);
  }
});

test("nothing chosen needs no words", () => {
  assert.ok(Object.values(linkParameters(NOTHING_CHOSEN)).every((words) => words === ""));
  assert.deepEqual(selectionFromLink(new URLSearchParams(), CHOSEN), CHOSEN);
});

test("what is no choice counts as not said", () => {
  for (const query of [
    "layer=-1&head=1.5&heads=1,,2&cell=1&pinned=key,-3&palette=red&expanded=yes",
    "layer=99999999999&heads=a&grid_layers=&grid_heads=%00&cell=1,2,3&pinned=value,2",
    "layer=<b>&heads=[0]&pinned=query,1e3",
  ]) {
    assert.deepEqual(selectionFromLink(new URLSearchParams(query), NOTHING_CHOSEN), NOTHING_CHOSEN);
  }
});
