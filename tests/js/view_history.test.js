import assert from "node:assert/strict";
import { test } from "node:test";
import { openLinkedView, openViewOf } from "../../assets/page/tabs.js";
import { keepViewHistory } from "../../assets/page/view_history.js";
import { dispatch, openPage } from "./dom.js";

test("a step to another view opens its tab and is an entry of the history", () => {
  const document = openPage();
  keepViewHistory(window);
  dispatch(document, "bertviz-open", { from: "head", view: "neuron", before: 1, after: 2 });
  assert.equal(openViewOf(document), "neuron");
  assert.equal(document.activeElement.id, "bertviz-neuron-tab-button");
  assert.equal(window.history.length, 2);
  assert.deepEqual(window.history.state.bertviz, { view: "neuron", selection: 2 });
});

test("Back returns to the view and to the selection that the reader left", async () => {
  const document = openPage();
  keepViewHistory(window);
  const host = document.querySelector(".bertviz-host");
  const restored = new Promise((resolve) => {
    host.addEventListener("bertviz-restore", ({ detail }) => resolve(detail));
  });
  const before = { layer: 1 };
  dispatch(document, "bertviz-open", { from: "head", view: "model", before, after: {} });
  dispatch(document, "bertviz-back");
  assert.deepEqual(await restored, before);
  assert.equal(openViewOf(document), "head");
});

for (const [query, view] of [
  ["view=model", "model"],
  ["view=neuron", "neuron"],
  ["view=none", "head"],
  ["", "head"],
]) {
  test(`a link with "${query}" opens the ${view} view`, () => {
    const document = openPage();
    openLinkedView(document, new URLSearchParams(query));
    assert.equal(openViewOf(document), view);
  });
}
