// A link restores a selection, and ignores parameters that are not valid.

import assert from "node:assert/strict";
import test from "node:test";
import { parseFilter } from "../../assets/core/data/filter.js";
import { linkParameters, selectionFromLink } from "../../assets/core/state/link.js";
import { NOTHING_CHOSEN } from "../../assets/core/state/selection.js";

const restored = (selection) =>
  selectionFromLink(new URLSearchParams(linkParameters(selection)), NOTHING_CHOSEN);

const CHOSEN = {
  ...NOTHING_CHOSEN,
  attentionPart: "Sentence A -> Sentence B",
  layer: 3,
  head: 11,
  heads: [0, 11],
  mean: true,
  gridLayers: [1, 2],
  gridHeads: [5],
  cell: { layer: 0, head: 7 },
  expanded: true,
  pinned: { axis: "key", position: 4095 },
  palette: "okabe-ito",
  score: "induction",
  filter: parseFilter("special,first,7,t4095,renormalize,min=0.05,mass=0.7"),
  pooling: "mean",
  bars: true,
  predictions: true,
  comparison: "difference",
};

test("a link restores a whole selection", () => {
  assert.deepEqual(restored(CHOSEN), CHOSEN);
  assert.ok(Object.values(linkParameters(CHOSEN)).every((value) => value !== ""));
});

test("a link restores each choice alone", () => {
  for (const [name, value] of Object.entries(CHOSEN)) {
    const one = { ...NOTHING_CHOSEN, [name]: value };
    assert.deepEqual(restored(one), one, name);
  }
});

test("a link restores several pinned tokens", () => {
  const pinned = { axis: "query", position: 2, others: [5, 7] };
  assert.equal(linkParameters({ ...NOTHING_CHOSEN, pinned }).pinned, "query,2,5,7");
  assert.deepEqual(restored({ ...NOTHING_CHOSEN, pinned }).pinned, pinned);
  const unordered = new URLSearchParams("pinned=query,7,2,5,2");
  assert.deepEqual(selectionFromLink(unordered, NOTHING_CHOSEN).pinned, pinned);
});

test("a link restores a selection without any head", () => {
  const none = { ...NOTHING_CHOSEN, heads: [] };
  assert.equal(linkParameters(none).heads, "none");
  assert.deepEqual(restored(none), none);
});

test("a link restores each palette", () => {
  for (const palette of ["category10", "okabe-ito", "distinct"]) {
    assert.equal(restored({ ...NOTHING_CHOSEN, palette }).palette, palette);
  }
});

test("a link to an empty selection has no parameters", () => {
  assert.ok(Object.values(linkParameters(NOTHING_CHOSEN)).every((value) => value === ""));
  assert.deepEqual(selectionFromLink(new URLSearchParams(), CHOSEN), CHOSEN);
});

test("invalid parameters are ignored", () => {
  for (const query of [
    "layer=-1&head=1.5&heads=1,,2&cell=1&pinned=key,-3&palette=red&expanded=yes",
    "layer=99999999999&heads=a&grid_layers=&grid_heads=%00&cell=1,2,3&pinned=value,2",
    "layer=<b>&heads=[0]&pinned=query,1e3",
    "heads=None&mean=true&palette=Distinct",
    "heads=none,1&mean=0&score=First&pooling=sum&bars=0&predictions=yes&comparison=all",
    "filter=everything",
    "filter=special,min=7",
  ]) {
    assert.deepEqual(selectionFromLink(new URLSearchParams(query), NOTHING_CHOSEN), NOTHING_CHOSEN);
  }
});
