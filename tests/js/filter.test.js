// The filter of a view: its menu, the note above the figure, and what the figure and the inspector show.

import assert from "node:assert/strict";
import test from "node:test";
import { layerOfWeights, madeTokens, serveMade, tokensOfOtherText } from "./made_trace.js";
import { drawn, showView, until } from "./mounted_view.js";
import { allByRole, byRole, click, figure, fill, press, texts, token } from "./reader.js";

const SIZE = 6;
/** Half of each row is on the first token, and the rest falls from key to key. */
const ROW = [0.5, 0.2, 0.15, 0.1, 0.04, 0.01];

/** Show a view of six tokens, of which the first and the last are special. */
async function show(t, name, link = "") {
  const tokens = madeTokens(SIZE).map((each, at) => ({ ...each, special: at % (SIZE - 1) === 0 }));
  const served = serveMade(t, tokens, [layerOfWeights(2, SIZE, (_, __, key) => ROW[key])]);
  return { ...(await showView(t, name, { url: served.url, options: { link } })), ...served };
}

const summary = (host) => host.querySelector(".bertviz-filter summary");
const note = (host) => host.querySelector(".bertviz-filter-note");
const words = (host) =>
  note(host).hidden ? "" : texts(note(host).querySelectorAll(".bertviz-filter-words span"))[0];
const alerts = (host) => [...new Set(texts(host.querySelectorAll("[role=alert]")))].filter(Boolean);
const isCrossedOut = (host, side, row) =>
  token(figure(host), side, row).classList.contains("bertviz-hidden-key");

/** Tick or clear a box of the menu, and wait for the picture. */
async function tick(host, label) {
  summary(host).parentElement.open = true;
  const box = byRole(host, "checkbox", label);
  box.checked = !box.checked;
  box.dispatchEvent(new window.Event("change", { bubbles: true }));
  return drawn(host);
}

/** Write a number into a field of the menu. */
async function write(host, label, text) {
  summary(host).parentElement.open = true;
  const field = byRole(host, "textbox", label);
  fill(field, text);
  field.dispatchEvent(new window.Event("change", { bubbles: true }));
  await drawn(host);
  return field;
}

/** The weights that the figure shows beside the keys of a query. */
async function rowOf(host, query) {
  const pinned = token(figure(host), "queries", query);
  click(pinned);
  await drawn(host);
  const shown = texts(host.querySelectorAll(".bertviz-numbers text")).map(Number);
  click(pinned);
  await drawn(host);
  return shown;
}

/** Wait until an element has a text. */
async function withText(host, getText, pattern) {
  await until(host, () => pattern.test(getText()));
  return getText();
}

test("without a filter no note is above the figure, and no key is crossed out", async (t) => {
  const { host } = await show(t, "head");
  assert.equal(words(host), "");
  assert.equal(summary(host).textContent, "Filter");
  assert.ok(![0, 5].some((row) => isCrossedOut(host, "keys", row)));
  assert.deepEqual(await rowOf(host, 2), ROW);
});

test("hiding special tokens keeps the other weights, and the note says what is hidden", async (t) => {
  const { host } = await show(t, "head");
  await tick(host, "Hide attention to special tokens");
  assert.deepEqual(await rowOf(host, 2), [0, 0.2, 0.15, 0.1, 0.04, 0]);
  assert.equal(words(host), "Attention to special tokens is hidden.");
  assert.equal(summary(host).textContent, "Filter: on");
  assert.deepEqual(
    [0, 1, 5].map((row) => isCrossedOut(host, "keys", row)),
    [true, false, true],
  );
  assert.ok(!isCrossedOut(host, "queries", 0));
  const count = await withText(host, () => note(host).textContent, /lines/);
  assert.match(count, /24 of 72 lines are hidden, with 51% of the weight\./);
});

test("one click shows all weights again", async (t) => {
  const { host } = await show(t, "head", "filter=special,3,renormalize,min=0.05,mass=0.7");
  assert.notEqual(words(host), "");
  click(byRole(note(host), "button", "Show all"));
  await drawn(host);
  assert.equal(words(host), "");
  assert.deepEqual(await rowOf(host, 2), ROW);
});

test("renormalized weights sum to 1", async (t) => {
  const { host } = await show(t, "head");
  await tick(host, "Hide attention to the first token");
  await tick(host, "Divide the remaining weights of each row by their sum");
  assert.deepEqual(await rowOf(host, 3), [0, 0.4, 0.3, 0.2, 0.08, 0.02]);
  assert.equal(
    words(host),
    "Attention to the first token is hidden. The remaining weights of each row are divided by their sum.",
  );
});

test("thresholds hide small weights, by their size or by their share of the row", async (t) => {
  const { host } = await show(t, "head");
  await write(host, "Hide weights below", "0.12");
  assert.deepEqual(await rowOf(host, 1), [0.5, 0.2, 0.15, 0, 0, 0]);
  await write(host, "Hide weights below", "");
  await write(host, "Show the largest weights that hold, of each row,", "0.6");
  assert.deepEqual(await rowOf(host, 1), [0.5, 0.2, 0, 0, 0, 0]);
});

test("a wrong threshold has a message until it is correct, and the picture stays", async (t) => {
  const { host } = await show(t, "head", "filter=first");
  for (const wrong of ["1.5", "-0.1", "a lot", "0.5.5"]) {
    const field = await write(host, "Hide weights below", wrong);
    assert.deepEqual(alerts(host), ["Enter a number between 0 and 1, such as 0.05."]);
    assert.equal(field.value, wrong);
    assert.equal(field.getAttribute("aria-invalid"), "true");
    assert.equal((await rowOf(host, 1))[0], 0);
  }
  await write(host, "Hide weights below", "0,05");
  assert.deepEqual(alerts(host), []);
  assert.equal(
    words(host),
    "Attention to the first token is hidden. Weights below 0.05 are hidden.",
  );
});

test("a pinned token is hidden and shown again from the inspector, with the keyboard", async (t) => {
  const { host } = await show(t, "head");
  token(figure(host), "keys", 3).focus();
  press(document, "Enter");
  await drawn(host);
  byRole(host, "button", "Hide attention to word3").focus();
  press(document, "Enter");
  await drawn(host);
  assert.equal(words(host), "Attention to “word3” (3) is hidden.");
  assert.ok(isCrossedOut(host, "keys", 3));
  summary(host).parentElement.open = true;
  assert.ok(byRole(host, "button", "Show the attention to word3, position 3"));
  byRole(host, "button", "Show attention to word3").focus();
  press(document, "Enter");
  await drawn(host);
  assert.equal(words(host), "");
});

test("a token that a box hides has no button of its own in the inspector", async (t) => {
  const { host } = await show(t, "head", "filter=special&pinned=key,0");
  assert.deepEqual(
    allByRole(host, "button").filter((each) => /attention to/.test(each.textContent)),
    [],
  );
});

test("a filter that would hide everything is refused with a message, and the picture stays", async (t) => {
  const { host } = await show(t, "head", "filter=special,1,2,3");
  click(token(figure(host), "keys", 4));
  await drawn(host);
  click(byRole(host, "button", "Hide attention to word4"));
  assert.equal(alerts(host).length, 1);
  assert.match(alerts(host)[0], /hide the attention to all tokens/);
  assert.ok(!isCrossedOut(host, "keys", 4));
});

test("a link with positions of a longer text opens without them", async (t) => {
  const { host } = await show(t, "head", "filter=first,99,t3");
  assert.equal(words(host), "Attention to the first token is hidden.");
});

test("another text keeps the rules, and forgets the positions", async (t) => {
  const { host, view } = await show(t, "head", "filter=first,3");
  const tokens = tokensOfOtherText(madeTokens(SIZE));
  const other = serveMade(t, tokens, [layerOfWeights(2, SIZE, (_, __, key) => ROW[key])]);
  await view.update(other.url);
  await drawn(host);
  assert.equal(words(host), "Attention to the first token is hidden.");
});

test("the collapsed neuron view hides weights, and the vectors say that they do not", async (t) => {
  const { host } = await show(t, "neuron", "filter=first");
  assert.deepEqual(await rowOf(host, 2), [0, ...ROW.slice(1)]);
});

test("the grid of the model view is drawn from filtered overviews", async (t) => {
  const tokens = madeTokens(SIZE);
  const layers = [layerOfWeights(2, SIZE, (_, __, key) => ROW[key])];
  const served = serveMade(t, tokens, layers, ["first"]);
  const { host } = await showView(t, "model", { url: served.url, options: {} });
  assert.ok(served.requests.includes("self-overview-0.safetensors"));
  await tick(host, "Hide attention to the first token");
  assert.ok(served.requests.includes("self-overview-0~first.safetensors"));
  assert.equal(words(host), "Attention to the first token is hidden.");
});

/** Show three words of two tokens each, between two special tokens. */
async function showWords(t, name, link) {
  const starts = [0, 10, 15, 20, 25, 30, 35, 0];
  const tokens = madeTokens(8).map((each, at) => {
    const special = at % 7 === 0;
    // The second token of each word touches the first.
    return { ...each, special, start: starts[at], end: starts[at] + (at % 2 ? 5 : 3) };
  });
  const row = [0.3, 0.2, 0.1, 0.1, 0.1, 0.06, 0.04, 0.1];
  const layer = layerOfWeights(2, 8, (_, query, key) =>
    query === 2 ? row.at(-key - 1) : row[key],
  );
  const served = serveMade(t, tokens, [layer], ["words"]);
  return { ...(await showView(t, name, { url: served.url, options: { link } })), ...served };
}

const labelsOf = (host, side) =>
  texts(host.querySelectorAll(`.bertviz-${side} .bertviz-token text`));

test("rows are words: the weights of a word's tokens are added, and its rows averaged", async (t) => {
  const { host } = await showWords(t, "head", "");
  assert.equal(labelsOf(host, "keys").length, 8);
  await tick(host, "Words instead of tokens");
  assert.deepEqual(labelsOf(host, "keys"), [
    "word0",
    "word1word2",
    "word3word4",
    "word5word6",
    "word7",
  ]);
  assert.equal(words(host), "Rows are words.");
  assert.deepEqual(await rowOf(host, 2), [0.3, 0.3, 0.2, 0.1, 0.1]);
  assert.deepEqual(await rowOf(host, 1), [0.2, 0.2, 0.2, 0.2, 0.2]);
});

test("a pinned token stays pinned as a part of its word, and a word is hidden as a whole", async (t) => {
  const { host } = await showWords(t, "head", "pinned=key,4&filter=words");
  const pinned = host.querySelector(".bertviz-keys .bertviz-pinned text");
  assert.equal(pinned.textContent, "word3word4");
  click(byRole(host, "button", "Hide attention to word3word4"));
  await drawn(host);
  assert.equal(words(host), "Rows are words. Attention to “word3” (3) and “word4” (4) is hidden.");
  assert.deepEqual(await rowOf(host, 3), [0.3, 0.3, 0, 0.1, 0.1]);
});

test("words of one token each are refused with a message", async (t) => {
  const { host } = await show(t, "head");
  await tick(host, "Words instead of tokens");
  assert.equal(alerts(host).length, 1);
  assert.match(alerts(host)[0], /words and tokens are the same/);
  assert.equal(words(host), "");
  assert.ok(!byRole(host, "checkbox", "Words instead of tokens").checked);
});

test("the grid shows words, and the vectors of the neuron view tokens", async (t) => {
  const { requests } = await showWords(t, "model", "filter=words");
  assert.ok(requests.includes("self-overview-0~words.safetensors"));
  const { host } = await showWords(t, "neuron", "filter=words");
  assert.equal(labelsOf(figure(host), "keys").length, 5);
});
