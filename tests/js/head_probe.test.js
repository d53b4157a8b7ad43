// The probe of the model view: its button, its tables, and what it says without scores.

import assert from "node:assert/strict";
import test from "node:test";
import { layerOfWeights, madeTokens, serveMade } from "./made_trace.js";
import { drawn, showView } from "./mounted_view.js";
import { allByRole, byRole, click, texts } from "./reader.js";
import { isVisible } from "./screen.js";

const BUTTON = "Probe with repeated random tokens";
const CAUSAL = { before: null, after: 0 };
const ANSWER = {
  revision: "0123abc",
  num_random: 50,
  layers: [
    {
      layer: 0,
      scores: [
        [0.25, 0.5],
        [0, 0.125],
      ],
    },
    {
      layer: 1,
      scores: [
        [0.125, 0],
        [0.75, 0.0625],
      ],
    },
  ],
};

/** Let `fetch` return two layers of two heads, causal by default. */
function serve(t, numTokens = 3, reach = CAUSAL) {
  const uniform = (_head, query, key) => (key <= query ? 1 / (query + 1) : 0);
  const layer = { ...layerOfWeights(2, numTokens, uniform), entry: { reach } };
  return serveMade(t, madeTokens(numTokens), [layer, layer]);
}

/** Let `fetch` return a longer text, and a manifest with another model id or commit. */
function serveOther(t, changes) {
  const served = serve(t, 5);
  const found = globalThis.fetch;
  t.mock.method(globalThis, "fetch", async (url) => {
    const response = await found(url);
    if (!String(url).endsWith("manifest.json")) return response;
    const manifest = await response.json();
    return Response.json({ ...manifest, model: { ...manifest.model, ...changes } });
  });
  return served;
}

/** Show the layers in the model view of a server whose probe waits for `answer` or `fail`. */
async function showModel(t, { url } = serve(t)) {
  const asked = [];
  let settle;
  const probe = (modelId) => {
    asked.push(modelId);
    return new Promise((resolve, reject) => (settle = { answer: resolve, fail: reject }));
  };
  const mounted = await showView(t, "model", { url, options: { probe } });
  const settled = async (how, value) => {
    settle[how](value);
    await new Promise((resolve) => setImmediate(resolve));
  };
  const answer = (value) => settled("answer", value);
  return { ...mounted, asked, answer, fail: (error) => settled("fail", error) };
}

const section = (host) => host.querySelector(".bertviz-probe");
const note = (host) => section(host).querySelector("p").textContent;
const buttons = (host) => texts(allByRole(section(host), "button"));

/** Return the visible tables, as titles and rows. */
function tables(host) {
  return [...section(host).querySelectorAll(".bertviz-ranking")].filter(isVisible).map((each) => ({
    title: each.querySelector("h3").textContent,
    rows: [...each.querySelectorAll("tbody tr")].map((row) => texts(row.children)),
  }));
}

test("the probe is run only for a reader who asks, and lists the heads by both scores", async (t) => {
  const { host, asked, answer } = await showModel(t);
  assert.deepEqual(asked, []);
  assert.deepEqual(buttons(host), [BUTTON]);
  assert.match(note(host), /^Runs the model on random tokens, repeated once/);
  click(byRole(host, "button", BUTTON));
  assert.equal(note(host), "Waiting for the server …");
  click(byRole(host, "button", BUTTON));
  assert.deepEqual(asked, ["made/model"]);
  await answer(ANSWER);
  assert.deepEqual(tables(host), [
    {
      title: "Induction on 50 random tokens, repeated once",
      rows: [
        ["L1H1", "0.750"],
        ["L0H0", "0.250"],
        ["L1H0", "0.125"],
        ["L0H1", "0.000"],
      ],
    },
    {
      title: "Previous token on 50 random tokens, repeated once",
      rows: [
        ["L0H0", "0.500"],
        ["L0H1", "0.125"],
        ["L1H1", "0.063"],
        ["L1H0", "0.000"],
      ],
    },
  ]);
  assert.equal(note(host), "The scores below do not depend on your text.");
  // The button is gone, and the focus is on the first head.
  assert.equal(document.activeElement.textContent, "L1H1");
  click(document.activeElement);
  assert.equal(await drawn(host), "All, Layer 1, Head 1");
});

test("an error is shown beside the button, and the reader can try again", async (t) => {
  const { host, answer, fail } = await showModel(t);
  const ask = () => click(byRole(host, "button", BUTTON));
  ask();
  await answer("The queue is full: 32 runs are waiting. Wait a minute and try again.");
  assert.match(note(host), /^The queue is full/);
  ask();
  await answer(undefined);
  assert.equal(note(host), "The server did not answer. Try again.");
  ask();
  await fail(new TypeError("Failed to fetch"));
  assert.equal(note(host), "The server did not answer. Try again.");
  assert.deepEqual(tables(host), []);
  ask();
  await answer({ ...ANSWER, revision: "fedcba9876543210" });
  assert.equal(tables(host).length, 2);
  assert.match(note(host), /They are of the model's commit fedcba9\.$/);
});

test("another text of the same model keeps the scores, and another model does not", async (t) => {
  const { host, view, asked, answer } = await showModel(t);
  click(byRole(host, "button", BUTTON));
  await answer(ANSWER);
  await view.update(serve(t, 4).url);
  await drawn(host);
  assert.equal(tables(host).length, 2);
  const other = serveOther(t, { model_id: "other/model" });
  await view.update(other.url);
  await drawn(host);
  assert.deepEqual(tables(host), []);
  click(byRole(host, "button", BUTTON));
  assert.deepEqual(asked, ["made/model", "other/model"]);
});

test("scores that arrive after another model are not shown", async (t) => {
  const { host, view, answer } = await showModel(t);
  click(byRole(host, "button", BUTTON));
  await view.update(serveOther(t, { model_id: "other/model" }).url);
  await drawn(host);
  await answer(ANSWER);
  assert.deepEqual(tables(host), []);
  assert.deepEqual(buttons(host), [BUTTON]);
});

test("a model that is not causal has a sentence instead of the button", async (t) => {
  const { host } = await showModel(t, serve(t, 3, null));
  assert.deepEqual(buttons(host), []);
  assert.match(note(host), /only in a causal model/);
});

test("one token does not show whether a model is causal", async (t) => {
  const { host } = await showModel(t, serve(t, 1, null));
  assert.deepEqual(buttons(host), [BUTTON]);
});

test("there is no probe in a stand-alone page, and of a reader's own file", async (t) => {
  const { host } = await showView(t, "model", serve(t));
  assert.ok(!isVisible(section(host)));
  const own = await showModel(t, serveOther(t, { model_id: "own.npz", revision: "" }));
  assert.ok(!isVisible(section(own.host)));
});
