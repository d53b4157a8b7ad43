import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { NOTHING_CHOSEN } from "../../assets/core/state/selection.js";
import { keepPageHistory, linkedQuery } from "../../assets/page/page_history.js";
import { PagePlace } from "../../assets/page/page_place.js";
import { openLinkedView, openViewOf } from "../../assets/page/tabs.js";
import { dispatch, openPage, timers } from "./dom.js";

const NAMES = ["model", "text", "chat"];
const START = NOTHING_CHOSEN;
const SCRIPT = "https://app.test/gradio_api/file=/tmp/modules.js";
const SPACE = "https://huggingface.co/spaces/someone/bertviz";

/** Keep the history of the page, which is at its own address by default. */
const keep = (spaceUrl = "") =>
  keepPageHistory(window, NAMES, new PagePlace(window, spaceUrl, SCRIPT));

/** Return a selection of a layer. */
const ofLayer = (layer) => ({ ...START, layer });

/** Report what the views show, and wait until the page has handled it. */
async function show(document, request, selection = START) {
  const origin = request === undefined ? {} : { origin: { request } };
  dispatch(document, "bertviz-shown", { ...origin, selection });
  await timers();
}

/** Open a page with a result. */
async function openResult(query = "") {
  const document = openPage(query);
  keep();
  await show(document, "text=a");
  return document;
}

/** Go back, and wait until the page has handled it. */
async function goBack() {
  const popped = once(window, "popstate");
  window.history.back();
  await popped;
  await timers();
}

test("a link contains the request, the choices and the open view", () => {
  const shown = { origin: { request: "model=a%2Fb&text=The+cat" }, selection: ofLayer(2) };
  assert.equal(
    linkedQuery("", NAMES, shown, "model").toString(),
    "model=a%2Fb&text=The+cat&layer=2&view=model",
  );
});

test("a link leaves out the head view, which the page opens first", () => {
  const shown = { origin: { request: "text=a" }, selection: START };
  assert.equal(linkedQuery("", NAMES, shown, "head").toString(), "text=a");
  assert.equal(linkedQuery("", NAMES, shown).toString(), "text=a");
});

test("a new request replaces the old one and keeps what is not part of it", () => {
  const shown = { origin: { request: "model=b&text=new" }, selection: START };
  const search = "?__theme=dark&model=a&text=old&chat=1&layer=3&view=neuron";
  assert.equal(
    linkedQuery(search, NAMES, shown, "head").toString(),
    "__theme=dark&model=b&text=new",
  );
});

test("a result without a request leaves only the choices in the address", () => {
  const shown = { origin: { request: null }, selection: ofLayer(1) };
  assert.equal(linkedQuery("?model=a&text=old", NAMES, shown, "head").toString(), "layer=1");
});

test("the address follows the result and the choices, which come in separate events", async () => {
  const document = await openResult("?__theme=dark");
  assert.equal(location.search, "?__theme=dark&text=a");
  await show(document, undefined, { ...START, heads: [1] });
  assert.equal(location.search, "?__theme=dark&text=a&heads=1");
  assert.equal(location.pathname, "/space/");
  assert.equal(window.history.length, 1);
});

test("the address follows the open tab once there is a result", async () => {
  const document = openPage();
  keep();
  document.querySelector("#bertviz-model-tab-button").click();
  await timers();
  assert.equal(location.search, "");
  await show(document, "text=a");
  assert.equal(location.search, "?text=a&view=model");
  document.querySelector("#bertviz-head-tab-button").click();
  await timers();
  assert.equal(location.search, "?text=a");
});

test("Back undoes a change of the layer and a change of the tab", async () => {
  const document = await openResult();
  const restored = [];
  document.body.addEventListener("bertviz-restore", ({ detail }) => {
    restored.push(detail.layer);
    dispatch(document, "bertviz-shown", { selection: detail });
  });
  await show(document, undefined, ofLayer(3));
  document.querySelector("#bertviz-model-tab-button").click();
  await timers();
  assert.equal(window.history.length, 3);
  await goBack();
  assert.equal(openViewOf(document), "head");
  assert.equal(location.search, "?text=a&layer=3");
  await goBack();
  assert.equal(location.search, "?text=a");
  assert.deepEqual(restored, [3, 0]);
  assert.equal(window.history.length, 3); // Forward is still possible
});

test("a run with other defaults is one step", async () => {
  const document = await openResult();
  await show(document, undefined, ofLayer(3));
  dispatch(document, "bertviz-shown", { selection: START });
  await show(document, "text=b");
  assert.equal(window.history.length, 3);
  assert.equal(location.search, "?text=b");
});

test("a button of a view opens another view's tab as a step", async () => {
  const document = await openResult();
  dispatch(document, "bertviz-open", { view: "neuron" });
  await show(document, undefined, { ...ofLayer(2), cameFrom: "head" });
  assert.equal(openViewOf(document), "neuron");
  assert.equal(document.activeElement.id, "bertviz-neuron-tab-button");
  assert.equal(window.history.length, 2);
  assert.equal(location.search, "?text=a&layer=2&view=neuron");
});

test("the Back button of a view goes to the view that opened it, past other layers", async () => {
  const document = await openResult();
  document.body.addEventListener("bertviz-restore", ({ detail }) => {
    dispatch(document, "bertviz-shown", { selection: detail });
  });
  await show(document, undefined, ofLayer(1));
  dispatch(document, "bertviz-open", { view: "neuron" });
  for (const layer of [2, 3, 4]) {
    await show(document, undefined, { ...ofLayer(layer), cameFrom: "head" });
  }
  const popped = once(window, "popstate");
  dispatch(document, "bertviz-back");
  await popped;
  await timers();
  assert.equal(openViewOf(document), "head");
  assert.equal(location.search, "?text=a&layer=1");
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

/** Put the page into the document of another page, as the element <gradio-app> does. */
function embed(document) {
  document.body.innerHTML = `<gradio-app src="https://app.test">${document.body.innerHTML}</gradio-app>`;
  for (const tab of document.querySelectorAll("[role=tab]")) {
    tab.addEventListener("click", () => {
      for (const each of document.querySelectorAll("[role=tab]")) {
        each.setAttribute("aria-selected", String(each === tab));
      }
    });
  }
}

/** Open the dialog of the link, and return the link. */
async function offeredLink(document) {
  document.querySelector("#bertviz-link").click();
  await timers();
  return document.querySelector("[role=dialog] input").value;
}

test("a <gradio-app> element leaves the address and the history of its page alone", async () => {
  const document = openPage("?text=host&layer=9#anchor");
  embed(document);
  keep();
  await show(document, "text=a");
  await show(document, undefined, ofLayer(3));
  document.querySelector("#bertviz-model-tab-button").click();
  await timers();
  assert.equal(location.href, "http://localhost/space/?text=host&layer=9#anchor");
  assert.deepEqual([window.history.length, window.history.state], [1, null]);
  assert.equal(await offeredLink(document), "https://app.test/?text=a&layer=3&view=model");
});

test("the Back button of a view goes back in a <gradio-app> element, too", async () => {
  const document = openPage();
  embed(document);
  keep();
  const restored = [];
  document.body.addEventListener("bertviz-restore", ({ detail }) => restored.push(detail.layer));
  await show(document, "text=a");
  await show(document, undefined, ofLayer(1));
  dispatch(document, "bertviz-open", { view: "neuron" });
  await show(document, undefined, { ...ofLayer(2), cameFrom: "head" });
  dispatch(document, "bertviz-back");
  await timers();
  assert.equal(openViewOf(document), "head");
  assert.deepEqual(restored, [1]);
  assert.equal(window.history.length, 1);
});

test("the link of a Space is the address of its page on the Hub, without the reader's own parameters", async () => {
  const document = openPage("?__theme=dark&__sign=secret");
  keep(SPACE);
  await show(document, "text=a");
  assert.equal(await offeredLink(document), `${SPACE}?text=a`);
  assert.equal(location.search, "?__theme=dark&__sign=secret&text=a");
});
