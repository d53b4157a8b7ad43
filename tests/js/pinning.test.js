// The readout of the highlighted token, and pinning.

import assert from "node:assert/strict";
import { once } from "node:events";
import test from "node:test";
import { assertClose } from "./ink.js";
import { madeTokens, serveMade, servePair, tokensOfOtherText } from "./made_trace.js";
import { drawn, showView } from "./mounted_view.js";
import {
  byRole,
  click,
  doubleClick,
  figure,
  hover,
  isVisibleText,
  leave,
  numbers,
  pick,
  readout,
  token,
} from "./reader.js";

const ALL_HEADS = "0 1 2 3 4 5 6 7 8 9 10 11";

const squares = (host) => [...host.querySelectorAll(".bertviz-square")];
const pinned = (host) => [...figure(host).querySelectorAll(".bertviz-pinned")];
const highlighted = (host) => [...figure(host).querySelectorAll(".bertviz-highlighted")];
const positions = (elements) => elements.map(({ dataset }) => dataset.position);

/** Show the pair in a view. */
async function showPair(t, name) {
  const pair = servePair(t);
  return { ...(await showView(t, name, pair)), ...pair };
}

/** Check the weights that a figure lists. */
function assertNumbers(host, expected) {
  const listed = numbers(figure(host).querySelector(".bertviz-numbers"));
  assert.equal(listed.length, expected.length);
  for (const [at, number] of listed.entries()) assertClose(number, expected[at], 6e-4);
}

/** Return the five largest weights as the readout lists them. */
function strongest(row) {
  const best = [...row.keys()].sort((one, other) => row[other] - row[one]).slice(0, 5);
  return best.filter((at) => row[at] >= 0.005).map((at) => `word${at} ${row[at].toFixed(3)}`);
}

test("pointing at a query lists its mean weights over the active heads", async (t) => {
  const { host, weights } = await showPair(t, "head");
  doubleClick(squares(host)[1]);
  click(squares(host)[8]);
  assert.equal(await drawn(host), "All, layer 0, heads 1 8");
  hover(token(figure(host), "queries", 2));
  const [one, other] = [1, 8].map((head) => weights[0][head][2]);
  const row = one.map((weight, at) => (weight + other[at]) / 2);
  assertNumbers(host, row);
  const phrases = ["word2", "attends to", ...strongest(row), "mean of 2 heads"];
  assert.deepEqual(readout(host), phrases);
});

test("pointing at a key lists the weights of the attention to it", async (t) => {
  const { host, weights } = await showPair(t, "head");
  doubleClick(squares(host)[4]);
  assert.equal(await drawn(host), "All, layer 0, heads 4");
  hover(token(figure(host), "keys", 9));
  const column = weights[0][4].map((row) => row[9]);
  assertNumbers(host, column);
  assert.deepEqual(readout(host), ["word9", "is attended to by", ...strongest(column)]);
});

test("a clicked token stays highlighted while the reader points elsewhere", async (t) => {
  const { host } = await showPair(t, "head");
  click(token(figure(host), "queries", 2));
  await drawn(host);
  assert.equal(pinned(host).length, 1);
  const text = readout(host);
  hover(token(figure(host), "queries", 5));
  assert.deepEqual(positions(highlighted(host)), ["2"]);
  leave(document);
  assert.deepEqual(positions(highlighted(host)), ["2"]);
  assert.deepEqual(readout(host), text);
  assert.equal(text.at(-1), "pinned");
});

test("a click on the pinned token unpins it", async (t) => {
  const { host } = await showPair(t, "head");
  click(token(figure(host), "keys", 2));
  await drawn(host);
  assert.equal(pinned(host).length, 1);
  click(token(figure(host), "keys", 2));
  await drawn(host);
  assert.equal(pinned(host).length, 0);
  leave(document);
  assert.equal(figure(host).querySelectorAll(".bertviz-boxes rect").length, 0);
});

test("a click beside the tokens unpins the token", async (t) => {
  const { host } = await showPair(t, "head");
  click(token(figure(host), "queries", 2));
  await drawn(host);
  assert.equal(pinned(host).length, 1);
  click(figure(host).querySelector("svg"));
  await drawn(host);
  assert.equal(pinned(host).length, 0);
});

test("a pinned token stays pinned in another layer", async (t) => {
  const { host, weights } = await showPair(t, "head");
  doubleClick(squares(host)[1]);
  click(token(figure(host), "queries", 2));
  pick(host, "Layer", "3");
  assert.equal(await drawn(host), "All, layer 3, heads 1");
  leave(document);
  assert.deepEqual(positions(pinned(host)), ["2"]);
  assertNumbers(host, weights[3][1][2]);
});

test("pinning a token does not cancel the download of a layer", async (t) => {
  const { host } = await showPair(t, "head");
  const answer = globalThis.fetch;
  const gate = new EventTarget();
  const signals = [];
  t.mock.method(globalThis, "fetch", async (address, { signal }) => {
    if (!address.endsWith("/self-3.safetensors")) return answer(address);
    signals.push(signal);
    await once(gate, "open");
    return answer(address);
  });
  pick(host, "Layer", "3");
  click(token(figure(host), "queries", 2));
  gate.dispatchEvent(new Event("open"));
  assert.equal(await drawn(host), `All, layer 3, heads ${ALL_HEADS}`);
  assert.deepEqual(positions(pinned(host)), ["2"]);
  assert.deepEqual(
    signals.map(({ aborted }) => aborted),
    [false],
  );
});

test("a new text unpins the token", async (t) => {
  const { host, view, layers } = await showPair(t, "head");
  click(token(figure(host), "queries", 2));
  await drawn(host);
  assert.equal(pinned(host).length, 1);
  leave(document);
  await view.update(serveMade(t, tokensOfOtherText(madeTokens(15)), layers.slice(0, 1)).url);
  await drawn(host);
  assert.equal(pinned(host).length, 0);
});

test("a click on a query in the panel of the model view pins it", async (t) => {
  const { host, weights } = await showPair(t, "model");
  click(byRole(host, "button", "Layer 2, Head 3"));
  assert.equal(await drawn(host), "All, Layer 2, Head 3");
  click(token(figure(host), "queries", 4));
  await drawn(host);
  leave(document);
  assert.deepEqual(positions(pinned(host)), ["4"]);
  assertNumbers(host, weights[2][3][4]);
});

test("a query stays pinned when the neuron view is expanded", async (t) => {
  const { host } = await showPair(t, "neuron");
  click(token(figure(host), "queries", 4));
  click(byRole(host.querySelector(".bertviz-controls"), "button", "Show query and key vectors"));
  assert.equal(await drawn(host), "All, layer 0, head 0, expanded");
  leave(document);
  assert.deepEqual(positions(pinned(host)), ["4"]);
  assert.ok(!isVisibleText(host, "Select a token to see q × k"));
});
