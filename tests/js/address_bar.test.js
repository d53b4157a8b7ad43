import assert from "node:assert/strict";
import { test } from "node:test";
import { keepLinkInAddressBar, linkedQuery } from "../../assets/page/address_bar.js";
import { dispatch, openPage, timers } from "./dom.js";

const NAMES = ["model", "text", "chat"];

test("a link contains the request, the choices and the open view", () => {
  const shown = {
    origin: { request: "model=a%2Fb&text=The+cat" },
    choices: { layer: "2", heads: "" },
  };
  assert.equal(
    linkedQuery("", NAMES, shown, "model").toString(),
    "model=a%2Fb&text=The+cat&layer=2&view=model",
  );
});

test("a link leaves out the head view, which the page opens first", () => {
  const shown = { origin: { request: "text=a" }, choices: {} };
  assert.equal(linkedQuery("", NAMES, shown, "head").toString(), "text=a");
  assert.equal(linkedQuery("", NAMES, shown).toString(), "text=a");
});

test("a new request replaces the old one and keeps what is not part of it", () => {
  const shown = { origin: { request: "model=b&text=new" }, choices: { layer: "" } };
  const search = "?__theme=dark&model=a&text=old&chat=1&layer=3&view=neuron";
  assert.equal(
    linkedQuery(search, NAMES, shown, "head").toString(),
    "__theme=dark&model=b&text=new",
  );
});

test("a result without a request leaves only the choices in the address", () => {
  const shown = { origin: { request: null }, choices: { layer: "1" } };
  assert.equal(linkedQuery("?model=a&text=old", NAMES, shown, "head").toString(), "layer=1");
});

test("the address follows the result and the choices, which come in separate events", () => {
  const document = openPage("?__theme=dark");
  keepLinkInAddressBar(window, NAMES);
  dispatch(document, "bertviz-shown", {
    origin: { request: "text=The+cat" },
    choices: { layer: "" },
  });
  assert.equal(location.search, "?__theme=dark&text=The+cat");
  dispatch(document, "bertviz-shown", { choices: { layer: "2" } });
  assert.equal(location.search, "?__theme=dark&text=The+cat&layer=2");
  assert.equal(location.pathname, "/space/");
  assert.equal(window.history.length, 1);
});

test("the address follows the open tab once there is a result", async () => {
  const document = openPage();
  keepLinkInAddressBar(window, NAMES);
  document.querySelector("#bertviz-model-tab-button").click();
  await timers();
  assert.equal(location.search, "");
  dispatch(document, "bertviz-shown", { origin: { request: "text=a" }, choices: {} });
  assert.equal(location.search, "?text=a&view=model");
  document.querySelector("#bertviz-head-tab-button").click();
  await timers();
  assert.equal(location.search, "?text=a");
});
