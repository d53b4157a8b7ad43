// Several pinned tokens: the mean of the rows of queries, and the sum of the columns of keys.

import assert from "node:assert/strict";
import test from "node:test";
import {
  isSamePosition,
  MAX_TOKENS,
  toggleToken,
  tokensAt,
} from "../../assets/core/data/token_position.js";
import { servePair } from "./made_trace.js";
import { drawn, showView } from "./mounted_view.js";
import { allByRole, byRole, click, figure, leave, press, readout, texts, token } from "./reader.js";

const HEAD = 4;

/** Show one head of the pair. */
async function show(t, name, link = "") {
  const pair = servePair(t);
  const options = { link: `heads=${HEAD}&head=${HEAD}&${link}` };
  return {
    ...(await showView(t, name, { url: pair.url, options })),
    weights: pair.weights[0][HEAD],
  };
}

const numbers = (host) => texts(host.querySelectorAll(".bertviz-numbers text")).map(Number);
const pinned = (host, side) =>
  texts(host.querySelectorAll(`.bertviz-${side} .bertviz-pinned text`));
const titles = (host) =>
  [...host.querySelectorAll(".bertviz-rankings .bertviz-ranking")]
    .filter((each) => !each.hidden)
    .map((each) => each.querySelector("h3").textContent);
const notes = (host) => texts(host.querySelectorAll(".bertviz-rankings .bertviz-ranking p"));

function assertNumbers(found, expected) {
  assert.equal(found.length, expected.length);
  for (const [at, weight] of expected.entries()) {
    assert.ok(Math.abs(found[at] - weight) <= 0.0005 + 1e-6, `${found} instead of ${expected}`);
  }
}

const meanOfRows = (weights, rows) =>
  weights[0].map((_, key) => rows.reduce((sum, row) => sum + weights[row][key], 0) / rows.length);
const sumOfColumns = (weights, keys) =>
  weights.map((row) => keys.reduce((sum, key) => sum + row[key], 0));

/** Press a mouse button on a token, and drag it over others. */
function drag(host, side, rows, pointerType = "mouse") {
  const dispatch = (row, type, init) => {
    const event = new window.MouseEvent(type, { bubbles: true, cancelable: true, ...init });
    Object.defineProperty(event, "pointerType", { value: pointerType });
    token(figure(host), side, row).dispatchEvent(event);
  };
  const [first] = rows;
  dispatch(first, "pointerdown", { button: 0, buttons: 1 });
  for (const row of rows.slice(1)) dispatch(row, "pointerover", { buttons: 1 });
  dispatch(rows.at(-1), "pointerup", { button: 0 });
  if (rows.at(-1) === first) dispatch(first, "click", {});
}

test("Shift-click adds a query, and the numbers are the mean of the rows", async (t) => {
  const { host, weights } = await show(t, "head");
  click(token(figure(host), "queries", 2));
  await drawn(host);
  click(token(figure(host), "queries", 5), { shiftKey: true });
  await drawn(host);
  assert.deepEqual(pinned(host, "queries"), ["word2", "word5"]);
  assertNumbers(numbers(host), meanOfRows(weights, [2, 5]));
  assert.deepEqual(readout(host).slice(0, 2), ["word2 + word5", "attend to"]);
  assert.deepEqual(titles(host), ["word2 + word5 attend to", "word2 + word5 are attended to by"]);
  assert.match(notes(host)[0], /^Mean of 2 rows\./);
  click(token(figure(host), "queries", 2), { shiftKey: true });
  await drawn(host);
  assert.deepEqual(pinned(host, "queries"), ["word5"]);
  assertNumbers(numbers(host), weights[5]);
});

test("Shift and Enter add a key, and the numbers are the sum of the columns", async (t) => {
  const { host, weights } = await show(t, "head", "pinned=key,1");
  token(figure(host), "keys", 9).focus();
  press(document, "Enter", { shiftKey: true });
  await drawn(host);
  assert.deepEqual(pinned(host, "keys"), ["word1", "word9"]);
  assertNumbers(numbers(host), sumOfColumns(weights, [1, 9]));
  assert.match(notes(host)[0], /^Sum of 2 columns\. Receives/);
});

test("dragging a mouse over tokens pins all of them, and the click at its end changes nothing", async (t) => {
  const { host, weights } = await show(t, "head");
  drag(host, "queries", [6, 5, 4]);
  await drawn(host);
  assert.deepEqual(pinned(host, "queries"), ["word4", "word5", "word6"]);
  assertNumbers(numbers(host), meanOfRows(weights, [4, 5, 6]));
  drag(host, "queries", [1, 2, 1]);
  await drawn(host);
  assert.deepEqual(pinned(host, "queries"), ["word1"]);
});

test("dragging a finger pins nothing", async (t) => {
  const { host } = await show(t, "head");
  drag(host, "queries", [6, 5, 4], "touch");
  assert.deepEqual(pinned(host, "queries"), []);
});

test("Select more adds and removes tokens of the same side by clicks, until it is off", async (t) => {
  const { host, weights } = await show(t, "head");
  assert.deepEqual(allByRole(host, "button", "Select more"), []);
  click(token(figure(host), "queries", 2));
  await drawn(host);
  const more = byRole(host, "button", "Select more");
  assert.equal(more.getAttribute("aria-pressed"), "false");
  click(more);
  assert.equal(more.getAttribute("aria-pressed"), "true");
  for (const [row, expected] of [
    [5, ["word2", "word5"]],
    [7, ["word2", "word5", "word7"]],
    [5, ["word2", "word7"]],
  ]) {
    click(token(figure(host), "queries", row));
    await drawn(host);
    assert.deepEqual(pinned(host, "queries"), expected);
  }
  leave(document);
  assertNumbers(numbers(host), meanOfRows(weights, [2, 7]));
  click(more);
  click(token(figure(host), "queries", 4));
  await drawn(host);
  assert.deepEqual(pinned(host, "queries"), ["word4"]);
});

test("Select more works with Enter, and ends when no token is pinned", async (t) => {
  const { host } = await show(t, "head", "pinned=key,1");
  click(byRole(host, "button", "Select more"));
  token(figure(host), "keys", 3).focus();
  press(document, "Enter");
  await drawn(host);
  assert.deepEqual(pinned(host, "keys"), ["word1", "word3"]);
  press(document, "Escape");
  await drawn(host);
  press(document, "Enter");
  await drawn(host);
  assert.deepEqual(pinned(host, "keys"), ["word3"]);
  assert.equal(byRole(host, "button", "Select more").getAttribute("aria-pressed"), "false");
});

test("in the matrix, a click on a label replaces the pinned token, and with Shift adds to it", async (t) => {
  const { host } = await show(t, "matrix", "pinned=query,3");
  click(token(figure(host), "queries", 5));
  await drawn(host);
  assert.deepEqual(pinned(host, "queries"), ["word5"]);
  click(token(figure(host), "queries", 6), { shiftKey: true });
  await drawn(host);
  assert.deepEqual(pinned(host, "queries"), ["word5", "word6"]);
});

test("in the matrix, Select more adds a query", async (t) => {
  const { host } = await show(t, "matrix", "pinned=query,3");
  click(byRole(host, "button", "Select more"));
  click(token(figure(host), "queries", 6));
  await drawn(host);
  assert.deepEqual(pinned(host, "queries"), ["word3", "word6"]);
  assert.deepEqual(titles(host)[0], "word3 + word6 attend to");
});

test("a link with several tokens shows them in the matrix, with a band for each", async (t) => {
  const { host } = await show(t, "matrix", "pinned=key,3,8");
  assert.equal(figure(host).querySelectorAll(".bertviz-matrix-bands rect").length, 2);
  assert.deepEqual(titles(host)[0], "word3 + word8 are attended to by");
});

test("the attention to several tokens is hidden with one click", async (t) => {
  const { host } = await show(t, "head", "pinned=key,3,8");
  click(byRole(host, "button", "Hide attention to word3 + word8"));
  await drawn(host);
  const words = host.querySelector(".bertviz-filter-words").textContent;
  assert.match(words, /^Attention to “word3” \(3\) and “word8” \(8\) is hidden\./);
});

test("the figure of a part shows those of the pinned tokens that it contains", async (t) => {
  // Sentence A has the tokens 0 to 7.
  const { host } = await show(t, "head", "pinned=query,2,9&block=Sentence A -> Sentence A");
  assert.deepEqual(pinned(host, "queries"), ["word2"]);
});

test("the expanded neuron view shows the first of several queries", async (t) => {
  const { host } = await show(t, "neuron", "pinned=query,2,5&expanded=1");
  assert.deepEqual(titles(host)[0], "word2 attends to");
});

test("a set of tokens is ordered, without duplicates, and bounded", () => {
  assert.deepEqual(tokensAt("key", [5, 2, 5]), { axis: "key", position: 2, others: [5] });
  assert.equal(tokensAt("key", []), null);
  const many = tokensAt("query", [...Array(200).keys()]);
  assert.equal(many.others.length, MAX_TOKENS - 1);
});

test("toggling adds and removes, and the other axis begins again", () => {
  const one = { axis: "query", position: 3 };
  const two = toggleToken(one, { axis: "query", position: 1 });
  assert.deepEqual(two, { axis: "query", position: 1, others: [3] });
  assert.deepEqual(toggleToken(two, { axis: "query", position: 1 }), one);
  assert.equal(toggleToken(one, one), null);
  assert.deepEqual(toggleToken(two, { axis: "key", position: 1 }), { axis: "key", position: 1 });
  assert.ok(isSamePosition(two, { axis: "query", position: 1, others: [3] }));
  assert.ok(!isSamePosition(one, two));
});
