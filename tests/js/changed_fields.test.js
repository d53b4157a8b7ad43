import assert from "node:assert/strict";
import { test } from "node:test";
import { NOTHING_CHOSEN } from "../../assets/core/state/selection.js";
import { changeOf, handle, watchPictures } from "../../assets/page/changed_fields.js";
import { dispatch, openPage } from "./dom.js";

const USED = ["tiny-bert", "The cat", "The dog", "", "", "", false, false, 0, null, 1, 0];
const ALL_SHOWN = USED.map(() => true);

/** Return the values of a run with some of them changed. */
function valuesWith(changes) {
  return Object.assign([...USED], changes);
}

test("a change is named after the field that differs from the run", () => {
  const changes = [
    [0, "tiny-gpt2", "Model changed"],
    [1, "The cats", "Text changed"],
    [2, "", "Text changed"],
    [3, "Der Hund", "Text changed"],
    [6, true, "Options changed"],
    [7, true, "Options changed"],
    [8, "5", "Options changed"],
  ];
  for (const [index, value, change] of changes) {
    assert.equal(changeOf(valuesWith({ [index]: value }), USED, ALL_SHOWN), change);
  }
});

test("a language is compared with that of the run, unless the run used the model's default", () => {
  const french = valuesWith({ 4: "fr_XX" });
  assert.equal(changeOf(valuesWith({ 4: "de_DE" }), french, ALL_SHOWN), "Languages changed");
  assert.equal(changeOf(french, french, ALL_SHOWN), "");
  // The field gets its value when the model has been looked up, maybe after the run.
  assert.equal(changeOf(valuesWith({ 4: "en_XX" }), USED, ALL_SHOWN), "");
});

test("a new model is named before what changes with it", () => {
  assert.equal(changeOf(valuesWith({ 0: "b", 1: "c" }), USED, ALL_SHOWN), "Model changed");
});

test("an empty field has no change, whether it is null, empty text or not ticked", () => {
  const empty = valuesWith({ 3: null, 4: null, 5: null, 6: null, 7: null });
  assert.equal(changeOf(empty, USED, ALL_SHOWN), "");
});

test("the settings of a continuation have a change only if there is a continuation", () => {
  const drawn = valuesWith({ 8: 20, 9: 0.7, 10: 0.9, 11: 3 });
  for (const [index, value] of [
    [8, ""],
    [9, ""],
    [9, "0.8"],
    [9, "hot"],
    [10, ""],
    [11, " "],
  ]) {
    const values = Object.assign([...drawn], { [index]: value });
    assert.equal(changeOf(values, drawn, ALL_SHOWN), "Options changed");
    assert.equal(changeOf(valuesWith({ [index]: value }), USED, ALL_SHOWN), "");
  }
});

test("a number has no change, however it is written, and an empty field is its default", () => {
  const drawn = valuesWith({ 8: 20, 9: 0.5, 10: 1, 11: 0 });
  for (const written of [
    ["20", "0.50", "", ""],
    ["20.0", " .5", "1", "0"],
  ]) {
    const [count, temperature, topP, seed] = written;
    const values = valuesWith({ 8: count, 9: temperature, 10: topP, 11: seed });
    assert.equal(changeOf(values, drawn, ALL_SHOWN), "");
  }
  const greedy = valuesWith({ 8: 20 });
  assert.equal(changeOf(valuesWith({ 8: "20", 9: " " }), greedy, ALL_SHOWN), "");
  assert.equal(changeOf(valuesWith({ 8: "20", 9: "0" }), greedy, ALL_SHOWN), "Options changed");
});

test("a field that the model does not have has no change", () => {
  const shown = ALL_SHOWN.map((_, index) => index !== 2);
  assert.equal(changeOf(valuesWith({ 2: "another" }), USED, shown), "");
});

test("the views learn of a change, of its end, and of a new picture", () => {
  const document = openPage();
  const changes = [];
  document.body.addEventListener("bertviz-changed", ({ detail }) => changes.push(detail.change));
  watchPictures(document);
  const ids = ["bertviz-inputs", "bertviz-said", ...Array(6).fill("not in the page")];
  dispatch(document, "bertviz-shown", {
    origin: { request: "", fields: USED },
    selection: NOTHING_CHOSEN,
  });
  assert.deepEqual(changes, []); // the fields are those of the first picture
  handle({ field_ids: ids }, ...valuesWith({ 1: "The ca" }));
  handle({ field_ids: ids }, ...USED);
  handle({ field_ids: ids }, ...valuesWith({ 1: "The" }));
  const newer = { request: "", fields: valuesWith({ 1: "The" }) };
  dispatch(document, "bertviz-shown", { origin: newer, selection: NOTHING_CHOSEN });
  handle({ field_ids: ids }, ...USED);
  // A choice in a view is no new picture, and repeats no note to a screen reader.
  dispatch(document, "bertviz-shown", { selection: NOTHING_CHOSEN });
  // A reader's own file has nothing to do with the fields.
  dispatch(document, "bertviz-shown", {
    origin: { request: null, fields: null },
    selection: NOTHING_CHOSEN,
  });
  const text = "Text changed";
  assert.deepEqual(changes, [text, "", text, "", text, ""]);
});
