import assert from "node:assert/strict";
import { test } from "node:test";
import { start } from "../../assets/page/view_component.js";
import { openPage } from "./dom.js";

const VALUE = {
  manifest: { url: "/manifest.json" },
  request: "text=a",
  fields: ["tiny-bert", "a"],
};

/** Start a component with these props, and note what reaches its view. */
function open(props, server = {}, query = "?layer=2") {
  const document = openPage(query);
  const updates = [];
  let options;
  let changed;
  const mount = (host, given) => {
    assert.equal(host.className, "bertviz-host");
    options = given;
    return { update: async (...given) => updates.push(given) };
  };
  const watch = (_, onChange) => (changed = onChange);
  start({ element: document.body, props, server, watch }, { mount }, new URLSearchParams(query));
  return { updates, options, change: (value) => changed(Object.assign(props, { value })) };
}

test("a view draws the value that is there at the start, and each new one", () => {
  const { updates, change } = open({ value: VALUE });
  const ownFile = { ...VALUE, request: null, fields: null };
  change(ownFile);
  assert.deepEqual(updates, [
    ["/manifest.json", VALUE],
    ["/manifest.json", ownFile],
  ]);
});

test("a view does not draw the value that the page contained again when an event returns it", () => {
  const first = { ...VALUE, is_first: true };
  const { updates, change } = open({ value: first });
  change({ ...VALUE, is_first: false });
  assert.deepEqual(updates, [["/manifest.json", first]]);
  change({ ...VALUE, is_first: false }); // a run of the same text
  assert.equal(updates.length, 2);
});

test("a page that a link to a text has opened does not show the value that the page contained", () => {
  const { updates, change } = open({ value: { ...VALUE, is_first: true } }, {}, "?text=b");
  change(VALUE);
  assert.deepEqual(updates, [[null], ["/manifest.json", VALUE]]);
});

test("a view has no result before the first run", () => {
  assert.deepEqual(open({ value: "" }).updates, [[null]]);
});

test("only a view that shares its choices reads them from the page's link", () => {
  assert.equal(open({ value: "", shared: "page" }).options.link, "layer=2");
  assert.equal(open({ value: "" }).options.link, undefined);
});

test("a view asks the server for files if the server makes them on request", async () => {
  const prepare = async (url) => url === "a";
  assert.equal(await open({ value: "" }, { prepare }).options.prepare("a"), true);
  assert.equal(open({ value: "" }).options.prepare, undefined);
});

test("a view can probe a model if the server can", async () => {
  const probe = async (modelId) => `The Hub has no model ${modelId}.`;
  const { options } = open({ value: "" }, { probe });
  assert.equal(await options.probe("a/b"), "The Hub has no model a/b.");
  assert.equal(open({ value: "" }).options.probe, undefined);
});

test("a view offers interventions on a page that can run a text again", () => {
  assert.equal(open({ value: "", intervenes: true }).options.intervene, true);
  assert.equal(open({ value: "", intervenes: false }).options.intervene, false);
  assert.equal(open({ value: "" }).options.intervene, false);
});

test("a view can mask a token if the server can", async () => {
  // Gradio 6.31 passes only one argument to a function of the server.
  const predict_masked = async (...tokens) => JSON.stringify(tokens);
  const { options } = open({ value: "" }, { predict_masked });
  assert.equal(await options.predictMasked("a", 2), '[{"url":"a","position":2}]');
  assert.equal(open({ value: "" }).options.predictMasked, undefined);
});

test("a view can switch off the heads of a layer if the server can", async () => {
  const sweep = async (...asked) => JSON.stringify(asked);
  const { options } = open({ value: "" }, { sweep });
  const asked = { url: "a", position: 2, component: "self", layer: 1 };
  assert.equal(await options.sweep(asked), JSON.stringify([asked]));
  assert.equal(open({ value: "" }).options.sweep, undefined);
});
