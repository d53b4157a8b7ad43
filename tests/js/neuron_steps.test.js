// The expanded neuron view where the whole computation does not fit: one step at a time.

import assert from "node:assert/strict";
import test from "node:test";
import { assertVector, middleOf, VECTORS } from "./computation.js";
import { assertClose, tokenBoxes } from "./ink.js";
import { servePair } from "./made_trace.js";
import { drawn, showView } from "./mounted_view.js";
import {
  allByRole,
  byRole,
  click,
  figure,
  hover,
  isVisibleText,
  labels,
  leave,
  numbers,
  pick,
  token,
} from "./reader.js";
import { resizeScreen } from "./screen.js";

const NARROW = 326;
const EXPANDED = "All, layer 0, head 0, expanded";

/** Show the pair in the expanded neuron view on a narrow screen. */
async function showNarrow(t) {
  const pair = servePair(t);
  const { host } = await showView(t, "neuron", { ...pair, options: { link: "expanded=1" } });
  assert.equal(await drawn(host), EXPANDED);
  assert.deepEqual(steps(host), []);
  resizeScreen(document, NARROW);
  assert.equal(await drawn(host), EXPANDED);
  return { host, ...pair };
}

/** Return the names of the steps that the reader can pick. */
function steps(host) {
  return allByRole(host, "radio").map(({ parentElement }) => parentElement.textContent);
}

function pickStep(host, name) {
  const radio = byRole(byRole(host, "radiogroup", "Step of the computation"), "radio", name);
  click(radio);
  assert.ok(radio.checked);
}

/** Pixels between the query tokens and the vectors. */
const QUERY_GAP = 16;

/** Check a vector of the step that shows only the queries (q) or the keys (k). */
function assertVectorOfStep(host, column, row, vector) {
  const [{ width }] = tokenBoxes(figure(host), "queries");
  const begin = width + QUERY_GAP;
  const bandWidth = 2 * (middleOf(figure(host), VECTORS[column]) - begin);
  assertVector(figure(host), column, row, vector, bandWidth);
}

/** Return the width of the picture, in pixels. */
const widthOf = (host) => Number(figure(host).querySelector("svg").getAttribute("width"));

test("on a narrow screen the reader picks a step, and each step fits the width", async (t) => {
  const { host } = await showNarrow(t);
  assert.deepEqual(steps(host), ["Query q", "Key k", "q × k", "Weight"]);
  for (const [name, heading] of [
    ["Query q", "Query q"],
    ["Key k", "Key k"],
    ["q × k", "q × k (elementwise)"],
    ["Weight", "weight"],
  ]) {
    pickStep(host, name);
    assert.ok(isVisibleText(figure(host), heading));
    assert.ok(widthOf(host) <= NARROW, `${widthOf(host)} pixels for ${name}`);
  }
  resizeScreen(document, 1300);
  assert.equal(await drawn(host), EXPANDED);
  assert.deepEqual(steps(host), []);
  for (const heading of ["Query q", "Key k", "q × k (elementwise)", "weight"]) {
    assert.ok(isVisibleText(figure(host), heading));
  }
});

test("the query tokens are in each step, and the key tokens beside keys, products and weights", async (t) => {
  const { host, tokens } = await showNarrow(t);
  const words = tokens.map(({ text }) => text);
  for (const name of steps(host)) {
    pickStep(host, name);
    assert.deepEqual(labels(figure(host), "queries"), words);
    const keys = figure(host).querySelector(".bertviz-keys");
    assert.equal(keys.getAttribute("display") === "none", name === "Query q");
    if (name !== "Query q") assert.deepEqual(labels(figure(host), "keys"), words);
  }
});

test("each step shows its numbers of the highlighted query, which stays highlighted", async (t) => {
  const { host, layers, weights } = await showNarrow(t);
  const [{ query, key }] = layers;
  click(token(figure(host), "queries", 4));
  leave(document);
  pickStep(host, "Key k");
  assertVectorOfStep(host, "k", 3, key[0][3]);
  pickStep(host, "Weight");
  const shown = numbers(figure(host).querySelector(".bertviz-numbers"));
  assert.equal(shown.length, 15);
  for (const [at, number] of shown.entries()) assertClose(number, weights[0][0][4][at], 5.1e-4);
  pickStep(host, "Query q");
  assertVectorOfStep(host, "q", 4, query[0][4]);
  assert.equal(figure(host).querySelectorAll(".bertviz-pinned").length, 1);
});

test("a step stays picked while the reader picks another layer", async (t) => {
  const { host, layers } = await showNarrow(t);
  pickStep(host, "Key k");
  pick(host, "Layer", "3");
  assert.equal(await drawn(host), "All, layer 3, head 0, expanded");
  assertVectorOfStep(host, "k", 5, layers[3].key[0][5]);
});

test("without a highlighted token, a step about a query asks for a token", async (t) => {
  const { host } = await showNarrow(t);
  for (const name of ["q × k", "Weight"]) {
    pickStep(host, name);
    assert.ok(isVisibleText(figure(host), "Select a token"));
  }
  hover(token(figure(host), "queries", 2));
  assert.ok(!isVisibleText(figure(host), "Select a token"));
});

test("the number of a tapped cell stays when the finger is lifted", async (t) => {
  const { host } = await showNarrow(t);
  const svg = figure(host).querySelector("svg");
  const note = host.querySelector(".bertviz-cell-note");
  const [{ x, y, width, height }] = tokenBoxes(figure(host), "queries");
  const at = { clientX: x + width + QUERY_GAP + 2, clientY: y + height / 2, bubbles: true };
  const touch = (type) =>
    svg.dispatchEvent(Object.assign(new window.MouseEvent(type, at), { pointerType: "touch" }));
  touch("pointerdown");
  touch("pointerleave");
  assert.match(note.textContent, /^q of .+, dimension 0: /);
});
