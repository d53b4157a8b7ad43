// How the views show the tokens that a causal model wrote to continue the reader's text.

import assert from "node:assert/strict";
import test from "node:test";
import { writtenNote } from "../../assets/core/text/written_note.js";
import { showView as showStandalone } from "../../assets/views/standalone.js";
import { filesOf } from "./made_files.js";
import { layerOfWeights, madeLayer, madeTokens, serveMade } from "./made_trace.js";
import { drawn, showView } from "./mounted_view.js";
import { allByRole, byRole, click, figure, labels, press, texts, token, tokens } from "./reader.js";
import { openScreen } from "./screen.js";

const COUNT = 8;
/** The reader wrote word0 to word4, and the model word5 to word7. */
const FROM = 5;
const NOTE = "Tokens from position 5 on were written by the model.";

/** Show a text that a model has continued. */
async function show(t, name, link = "", tokensOfText = madeTokens(COUNT)) {
  const layers = [madeLayer(2, tokensOfText.length, 1)];
  const { url } = serveMade(t, tokensOfText, layers, [], null, FROM);
  return showView(t, name, { url, options: { link } });
}

/** Return the positions of a column's rows that are marked as written. */
const written = (host, side) =>
  tokens(figure(host), side)
    .filter((each) => each.classList.contains("bertviz-written"))
    .map(({ dataset }) => Number(dataset.position));
/** Return the positions of the rows that begin with a rule. */
const ruled = (host, side) =>
  tokens(figure(host), side)
    .filter((each) => each.querySelector(".bertviz-written-rule"))
    .map(({ dataset }) => Number(dataset.position));
const note = (host) => host.querySelector(".bertviz-written-note");
const sentences = (host) => texts(note(host).querySelectorAll("span"));
const pinned = (host) =>
  [...figure(host).querySelectorAll(".bertviz-queries .bertviz-pinned")].map(({ dataset }) =>
    Number(dataset.position),
  );

/** Press a button of the stepper. */
async function step(host, direction) {
  click(byRole(host, "button", `${direction} written token`));
  await drawn(host);
}
const place = (host) => host.querySelector(".bertviz-stepper output").textContent;

for (const [name, link] of [
  ["head", ""],
  ["neuron", ""],
  ["neuron", "expanded=1"],
  ["matrix", ""],
  ["model", "layer=0&head=1&cell=0,1"],
]) {
  test(`both axes of the ${name} view mark written tokens ${link}`, async (t) => {
    const { host } = await show(t, name, link);
    for (const side of ["queries", "keys"]) {
      assert.deepEqual(written(host, side), [5, 6, 7]);
      assert.deepEqual(ruled(host, side), [5]);
    }
  });
}

test("the accessible name and the tooltip of a written token say who wrote it", async (t) => {
  const { host } = await show(t, "head");
  const [prompt, first] = [4, 5].map((at) => token(figure(host), "queries", at));
  assert.equal(prompt.getAttribute("aria-label"), "word4, position 4");
  assert.equal(first.getAttribute("aria-label"), "word5, position 5, written by the model");
  assert.match(
    first.querySelector("title").textContent,
    /^word5\nposition 5, written by the model/,
  );
});

test("a written special token is marked as both", async (t) => {
  const text = madeTokens(COUNT);
  text[7] = { ...text[7], special: true };
  const { host } = await show(t, "head", "", text);
  const last = token(figure(host), "keys", 7);
  assert.equal(
    last.getAttribute("aria-label"),
    "word7, position 7, special token, written by the model",
  );
  assert.ok(last.classList.contains("bertviz-special"));
  assert.ok(last.classList.contains("bertviz-written"));
});

test("a row of several tokens is written if its first token is", async (t) => {
  const text = madeTokens(600);
  const { host } = await show(t, "head", "", text);
  click(byRole(host, "button", "Show all tokens at once"));
  await drawn(host);
  const [first, second, third] = tokens(figure(host), "queries");
  const size = Number(second.dataset.position);
  assert.ok(size > 1);
  const isWritten = (each) => each.classList.contains("bertviz-written");
  const expected = [first, second, third].map(({ dataset }) => Number(dataset.position) >= FROM);
  assert.deepEqual([first, second, third].map(isWritten), expected);
  assert.match(
    third.getAttribute("aria-label"),
    /^\d+ tokens, positions .*, written by the model$/,
  );
});

test("a word is written if its first token is", async (t) => {
  // word4 and word5 are one word, which the reader began.
  const text = madeTokens(COUNT).map((each) =>
    each.token_id < 5 ? each : { ...each, start: each.start - 1, end: each.end - 1 },
  );
  const { host } = await show(t, "head", "filter=words", text);
  assert.deepEqual(labels(figure(host), "queries").slice(4), ["word4word5", "word6", "word7"]);
  assert.deepEqual(written(host, "queries"), [5, 6]);
  assert.deepEqual(ruled(host, "keys"), [5]);
  assert.deepEqual(allByRole(host, "group", "Written token"), []);
});

test("a text that the reader wrote has no note, no rule and no steps", async (t) => {
  const { url } = serveMade(t, madeTokens(COUNT), [madeLayer(2, COUNT, 1)]);
  const { host } = await showView(t, "head", { url });
  assert.equal(note(host).hidden, true);
  assert.deepEqual(written(host, "queries"), []);
  assert.deepEqual(ruled(host, "keys"), []);
  assert.deepEqual(allByRole(host, "group", "Written token"), []);
});

test("the note names one written token", () => {
  const source = madeTokens(COUNT);
  assert.equal(
    writtenNote({ source, written_from: 7 }),
    "The token at position 7 was written by the model.",
  );
  assert.equal(writtenNote({ source, written_from: null }), "");
});

for (const name of ["head", "matrix", "neuron"]) {
  test(`a step in the ${name} view pins the row that predicted a written token`, async (t) => {
    const { host } = await show(t, name);
    assert.deepEqual(sentences(host), [NOTE, ""]);
    assert.equal(place(host), "– of 3");
    await step(host, "Next");
    assert.deepEqual(pinned(host), [4]);
    assert.equal(place(host), "1 of 3");
    assert.deepEqual(sentences(host), [
      NOTE,
      "“word5” (position 5) was predicted at “word4” (position 4): " +
        "this row shows which tokens it attends to.",
    ]);
    await step(host, "Next");
    await step(host, "Next");
    assert.deepEqual(pinned(host), [6]);
    assert.equal(place(host), "3 of 3");
    await step(host, "Previous");
    assert.deepEqual(pinned(host), [5]);
  });
}

test("the steps work by keyboard, and Escape ends them", async (t) => {
  const { host } = await show(t, "head");
  byRole(host, "button", "Previous written token").focus();
  press(document, "Enter");
  await drawn(host);
  assert.equal(place(host), "3 of 3");
  press(document, "Escape");
  await drawn(host);
  assert.deepEqual(pinned(host), []);
  assert.equal(place(host), "– of 3");
  assert.deepEqual(sentences(host), [NOTE, ""]);
});

test("the stepper shows the token that a pinned row predicted", async (t) => {
  const { host } = await show(t, "head");
  click(token(figure(host), "queries", 5));
  await drawn(host);
  assert.equal(place(host), "2 of 3");
  click(token(figure(host), "queries", 1));
  await drawn(host);
  assert.equal(place(host), "– of 3");
  click(token(figure(host), "keys", 6));
  await drawn(host);
  assert.equal(place(host), "– of 3");
});

test("a link to a pinned row shows the step", async (t) => {
  const { host } = await show(t, "head", "pinned=query,5");
  assert.equal(place(host), "2 of 3");
});

test("a step scrolls to the row of a long text", async (t) => {
  const text = madeTokens(600);
  const { url } = serveMade(t, text, [madeLayer(1, 600, 1)], [], null, 500);
  const { host } = await showView(t, "head", { url });
  await step(host, "Next");
  assert.deepEqual(pinned(host), [499]);
  assert.equal(place(host), "1 of 100");
});

test("a stand-alone page has the note once", async (t) => {
  const files = filesOf(
    madeTokens(COUNT),
    [layerOfWeights(1, COUNT, () => 1 / COUNT)],
    [],
    null,
    FROM,
  );
  const bytes = (/** @type {string} */ name) => files.get(name)?.().arrayBuffer();
  const manifest = JSON.parse(new TextDecoder().decode(await bytes("manifest.json")));
  const content = { view: "head", link: "", manifest, files: {} };
  const host = openScreen(t).body.appendChild(document.createElement("div"));
  await showStandalone(host, /** @type {any} */ (content), async (name) => await bytes(name));
  const viewHost = host.querySelector(".bertviz-standalone");
  await drawn(viewHost);
  assert.equal(host.textContent.split(NOTE).length, 2);
  assert.deepEqual(written(host, "keys"), [5, 6, 7]);
  await step(viewHost, "Next");
  assert.deepEqual(pinned(host), [4]);
});
