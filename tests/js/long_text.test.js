// Texts that are longer than the screen: visible rows, pooled rows, zooming, finding a token.

import assert from "node:assert/strict";
import test from "node:test";
import { assertInk, BLUE, CATEGORY10, onLine, pixels, tokenBoxes } from "./ink.js";
import { layerOfWeights, madeLayer, madeTokens, serveMade } from "./made_trace.js";
import { drawn, scrollTo, showView } from "./mounted_view.js";
import {
  allByRole,
  byRole,
  click,
  figure,
  fill,
  hover,
  labels,
  leave,
  press,
  readout,
  token,
  tokens,
} from "./reader.js";

const TOKENS = 400;

/** A head of 400 tokens: each attends to itself by 0.75, and to the first by 0.25. */
const LONG = layerOfWeights(1, TOKENS, (_, query, key) => {
  return 0.75 * Number(query === key) + 0.25 * Number(key === 0);
});

/** Show the long text in a view. */
async function showLong(t, name = "head") {
  const { host } = await showView(t, name, serveMade(t, madeTokens(TOKENS), [LONG]));
  return host;
}

const found = (host) => host.querySelector("output").textContent;
const position = ({ dataset }) => Number(dataset.position);

/** Return the first and the last visible position. */
function visible(host) {
  const positions = tokens(figure(host), "queries").map(position);
  return [positions[0], positions.at(-1)];
}

/** Type a text into the search field, and press Enter. */
function find(host, text) {
  fill(byRole(host, "textbox"), text);
  press(document, "Enter");
}

/** Check that a whole row is inside the visible part of the figure. */
function assertInView(host, row) {
  const { y, height } = tokenBoxes(figure(host), "queries")[row];
  assert.ok(y >= 0 && y + height <= visibleHeight(host), `row ${row} is at ${y}`);
}

const visibleHeight = (host) => Number(figure(host).querySelector("svg").getAttribute("height"));
const isPinned = (host, row) =>
  token(figure(host), "queries", row).classList.contains("bertviz-pinned");

test("only the visible rows are in the document", async (t) => {
  const host = await showLong(t);
  const [first, last] = visible(host);
  assert.equal(first, 0);
  assert.ok(25 < last && last < 50);
  const size = token(figure(host), "queries", 0).getAttribute("aria-setsize");
  assert.equal(size, String(TOKENS));
});

test("scrolling draws the visible rows and their lines", async (t) => {
  const host = await showLong(t);
  await scrollTo(figure(host), 3000);
  const [first, last] = visible(host);
  assert.ok(first > 100);
  const [ink] = pixels(figure(host), [onLine(figure(host), last - 5, last - 5, 0.5)]);
  assertInk(ink, [CATEGORY10[0], 0.75]);
});

test("a pinned token stays pinned while the text scrolls", async (t) => {
  const host = await showLong(t);
  click(token(figure(host), "queries", 3));
  await drawn(host);
  leave(document);
  await scrollTo(figure(host), 3000);
  assert.equal(readout(host)[0], "word3");
  // Only the lines of the pinned token are drawn, and none of them is here.
  const row = visible(host)[0] + 10;
  const [ink] = pixels(figure(host), [onLine(figure(host), row, row, 0.5)]);
  assertInk(ink);
  const mark = host.querySelector(".bertviz-minimap .bertviz-highlighted-row");
  assert.equal(mark.getAttribute("visibility"), "visible");
  find(host, "#3");
  await drawn(host);
  assert.ok(isPinned(host, 3));
});

test("the search field finds and pins a token", async (t) => {
  const host = await showLong(t);
  assert.ok(byRole(host, "textbox", "Find"));
  find(host, "word217");
  await drawn(host);
  assertInView(host, 217);
  assert.ok(isPinned(host, 217));
  assert.equal(readout(host)[0], "word217");
  assert.equal(found(host), "1 of 1");
});

test("Enter goes to the next match and Shift+Enter to the previous one", async (t) => {
  const host = await showLong(t);
  find(host, "word39"); // and 390 to 399
  await drawn(host);
  assert.equal(found(host), "1 of 11");
  press(document, "Enter");
  await drawn(host);
  assert.equal(readout(host)[0], "word390");
  press(document, "Enter", { shiftKey: true });
  await drawn(host);
  assert.equal(readout(host)[0], "word39");
  press(document, "Enter", { shiftKey: true });
  await drawn(host);
  assert.equal(found(host), "11 of 11");
  find(host, "nowhere");
  assert.equal(found(host), "not found");
  assert.equal(readout(host)[0], "word399");
});

test("All tokens shows pooled rows, and the readout explains them", async (t) => {
  const host = await showLong(t);
  click(byRole(host, "button", "Show all tokens at once"));
  assert.match(readout(host).join(" "), /16 tokens per row/);
  assert.deepEqual(labels(figure(host), "queries").slice(0, 2), ["#0 word0 …", "#16 word16 …"]);
  assert.equal(labels(figure(host), "keys").length, TOKENS / 16);
  for (const row of [0, 24]) assertInView(host, row);
  // The largest weight between two rows.
  const row = 7;
  const points = [row, row + 2].map((key) => onLine(figure(host), row, key, 0.8));
  const [same, none] = pixels(figure(host), points);
  assertInk(same, [CATEGORY10[0], 0.75]);
  assertInk(none);
  hover(token(figure(host), "queries", row));
  const text = readout(host).join(" ");
  assert.match(text, /largest of 16 × 16 weights/);
  assert.match(text, /#112 word112 … 0\.75/);
});

test("a click on a row of several tokens zooms in to them", async (t) => {
  const host = await showLong(t);
  click(byRole(host, "button", "Show all tokens at once"));
  click(token(figure(host), "queries", 10));
  assertInView(host, 160);
  assert.equal(token(figure(host), "queries", 160).querySelector("text").textContent, "word160");
});

test("zooming out and in again shows the same tokens", async (t) => {
  const host = await showLong(t);
  find(host, "#200");
  await drawn(host);
  const before = visible(host);
  for (let step = 0; step < 3; step++) click(byRole(host, "button", "Zoom out (Ctrl+wheel)"));
  assert.match(readout(host).join(" "), /largest of 8 × 8 weights/);
  for (let step = 0; step < 3; step++) click(byRole(host, "button", "Zoom in (Ctrl+wheel)"));
  assert.doesNotMatch(readout(host).join(" "), /largest of/);
  assert.deepEqual(visible(host), before);
});

test("a short text has no search field, zoom buttons and minimap", async (t) => {
  const { host } = await showView(t, "head", serveMade(t, madeTokens(5), [madeLayer(1, 5, 0)]));
  assert.deepEqual(allByRole(host, "textbox"), []);
  assert.deepEqual(allByRole(host, "group", "Zoom"), []);
  assert.ok(host.querySelector(".bertviz-minimap").hidden);
});

test("the search field scrolls the expanded neuron view", async (t) => {
  const host = await showLong(t, "neuron");
  click(byRole(host.querySelector(".bertviz-controls"), "button", "Show query and key vectors"));
  assert.equal(await drawn(host), "All, layer 0, head 0, expanded");
  assert.deepEqual(allByRole(host, "group", "Zoom"), []);
  find(host, "word300");
  await drawn(host);
  assertInView(host, 300);
  assert.match(readout(host).join(" "), /word300 0\.750/);
  const minimaps = [...host.querySelectorAll(".bertviz-minimap")].filter(({ hidden }) => !hidden);
  const shown = minimaps.filter((each) => !each.closest("[hidden]"));
  assert.equal(shown.length, 1);
  assert.equal(shown[0].querySelector(".bertviz-minimap-bars").getAttribute("stroke"), BLUE);
});
