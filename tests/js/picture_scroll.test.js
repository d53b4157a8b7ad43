import assert from "node:assert/strict";
import { test } from "node:test";
import { scrollToPictures } from "../../assets/page/picture_scroll.js";
import { dispatch, openPage } from "./dom.js";

/** Open a page whose figure begins at a distance from the top of its window of 844 pixels. */
function open({ figureTop = 500 } = {}) {
  const document = openPage();
  window.innerHeight = 844;
  document.querySelector(".bertviz-stage").getBoundingClientRect = () => ({ top: figureTop });
  const scrolledTo = [];
  for (const tab of document.querySelectorAll("[role=tab]")) {
    tab.scrollIntoView = () => scrolledTo.push(tab.id);
  }
  scrollToPictures(document);
  const show = () => dispatch(document, "bertviz-shown", { origin: {}, selection: {} });
  const run = () => document.querySelector("#bertviz-run").click();
  return { document, scrolledTo, show, run };
}

test("the page scrolls to the tabs once for the picture of each run", () => {
  const { document, scrolledTo, show, run } = open();
  show();
  run();
  assert.deepEqual(scrolledTo, []);
  show();
  show(); // another view shows the same result
  dispatch(document, "bertviz-shown", { selection: {} });
  assert.deepEqual(scrolledTo, ["bertviz-head-tab-button"]);
  document.querySelector(".gallery-item").click();
  show();
  assert.equal(scrolledTo.length, 2);
  const chosen = new window.Event("change", { bubbles: true });
  document.querySelector("input[type=file]").dispatchEvent(chosen);
  show();
  assert.equal(scrolledTo.length, 3);
});

test("the page does not scroll to its first picture, for which a link presses Run", () => {
  const { scrolledTo, show, run } = open();
  run();
  show();
  assert.deepEqual(scrolledTo, []);
});

test("the page does not scroll if the figure begins in the upper half of the window", () => {
  const { scrolledTo, show, run } = open({ figureTop: 240 });
  show();
  run();
  show();
  assert.deepEqual(scrolledTo, []);
});

test("the page does not scroll if the reader opened a tab during the run", async () => {
  const { document, scrolledTo, show, run } = open();
  show();
  run();
  document.querySelector("#bertviz-head-tab-button").click();
  await new Promise((resolve) => setTimeout(resolve));
  show();
  assert.deepEqual(scrolledTo, []);
});

test("opening the list of examples starts no run", () => {
  const { document, scrolledTo, show } = open();
  show();
  document.querySelector("#bertviz-examples .label-wrap").click();
  show();
  assert.deepEqual(scrolledTo, []);
});
