// The row that names the run that a result is compared with, and chooses how the head view shows both.

import assert from "node:assert/strict";
import test from "node:test";
import { madeLayer, madeTokens, serveMade } from "./made_trace.js";
import { drawn, showView } from "./mounted_view.js";
import { allByRole, byRole, click, texts } from "./reader.js";
import { isVisible } from "./screen.js";

const VIEWS = ["head", "model", "neuron", "matrix"];
const OWN_FILE = { request: null, fields: null };
const SAME = { differs: ["interventions"] };
const TEXT = { differs: ["text"] };

/** Show a text that is compared with itself, in a view of a page. */
async function show(t, name, differs, { link = "", shared = "page", origin } = {}) {
  const tokens = madeTokens(6);
  const layers = [1, 2].map((start) => madeLayer(2, tokens.length, start));
  const compared = differs && { ...differs, tokens, layers, source: [...tokens.keys()] };
  const { url } = serveMade(t, tokens, layers, [], null, null, { compared });
  const options = { intervene: true, shared: shared && `${shared} ${url}`, link };
  const { host, view } = await showView(t, name, { url, options });
  if (origin) {
    await view.update(url, origin);
    await drawn(host);
  }
  const ended = [];
  host.addEventListener("bertviz-end-comparison", (event) => ended.push(event.type));
  return { host, ended };
}

const row = (host) => host.querySelector(".bertviz-comparison");
const chosen = (host) =>
  texts([...row(host).querySelectorAll("label:has(:checked)")].filter(isVisible));

for (const name of VIEWS) {
  test(`the ${name} view names the other run`, async (t) => {
    const { host } = await show(t, name, TEXT);
    assert.ok(isVisible(row(host)));
    assert.equal(
      row(host).querySelector(".bertviz-compared-run span").title,
      "“word0 word1 word2 word3 word4 word5”",
    );
  });

  test(`the ${name} view of a result that is compared with none names none`, async (t) => {
    const { host } = await show(t, name, null);
    assert.equal(isVisible(row(host)), false);
  });
}

test("the reader chooses how the head view shows both runs, with the arrow keys too", async (t) => {
  const { host } = await show(t, "head", TEXT);
  const options = ["This run", "Side by side", "Difference"];
  assert.deepEqual(texts(row(host).querySelectorAll("label")), options);
  assert.deepEqual(chosen(host), ["Side by side"]);
  click(byRole(host, "radio", "Difference"));
  assert.match(await drawn(host), /, difference$/);
  assert.deepEqual(chosen(host), ["Difference"]);
  click(byRole(host, "radio", "This run"));
  assert.doesNotMatch(await drawn(host), /difference|both/);
});

test("a run with interventions is shown alone first, and cannot lose its comparison", async (t) => {
  const { host } = await show(t, "head", SAME);
  assert.deepEqual(chosen(host), ["This run"]);
  assert.equal(allByRole(row(host), "button").filter(isVisible).length, 0);
});

test("another view leads to the head view", async (t) => {
  const { host } = await show(t, "model", TEXT);
  const opened = [];
  host.addEventListener("bertviz-open", ({ detail }) => opened.push(detail.view));
  assert.deepEqual(chosen(host), []);
  click(byRole(row(host), "button", "Compare in Head view →"));
  assert.deepEqual(opened, ["head"]);
});

test("a view alone leads nowhere", async (t) => {
  const { host } = await show(t, "model", TEXT, { shared: "" });
  assert.deepEqual(texts(allByRole(row(host), "button")), ["×"]);
});

test("the reader ends the comparison", async (t) => {
  const { host, ended } = await show(t, "head", TEXT);
  click(byRole(row(host), "button", "End the comparison"));
  assert.deepEqual(ended, ["bertviz-end-comparison"]);
});

test("a reader's own file cannot be run without its comparison", async (t) => {
  const { host } = await show(t, "head", TEXT, { origin: OWN_FILE });
  assert.equal(isVisible(row(host).querySelector(".bertviz-undo")), false);
});
