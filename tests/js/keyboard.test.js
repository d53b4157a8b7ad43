// What keys do in the views, and the accessible names of figures, columns and tokens.

import assert from "node:assert/strict";
import test from "node:test";
import { computeAccessibleName } from "dom-accessibility-api";
import { layerOfWeights, madeTokens, serveMade } from "./made_trace.js";
import { drawn, showView } from "./mounted_view.js";
import {
  allByRole,
  byRole,
  click,
  figure,
  isVisibleText,
  press,
  readout,
  token,
} from "./reader.js";

const nameOfFocused = () => computeAccessibleName(document.activeElement);
const highlighted = (host) => figure(host).querySelector(".bertviz-highlighted").dataset.position;

test("arrow keys, Home and End move through the tokens and highlight them", async (t) => {
  const { host } = await showView(t, "head");
  token(figure(host), "queries", 0).focus();
  press(document, "ArrowDown");
  press(document, "ArrowDown");
  assert.equal(document.activeElement, token(figure(host), "queries", 2));
  assert.equal(highlighted(host), "2");
  assert.equal(readout(host)[0], "é");
  press(document, "End");
  assert.equal(readout(host)[0], "<b>");
  press(document, "Home");
  assert.equal(readout(host)[0], "[CLS]");
  press(document, "ArrowUp"); // the first token: the focus stays
  assert.equal(document.activeElement, token(figure(host), "queries", 0));
});

test("one token of each column is a stop of the Tab key: the last one that had the focus", async (t) => {
  const { host } = await showView(t, "head");
  const stops = (side) => {
    const column = figure(host).querySelectorAll(`.bertviz-${side} [tabindex="0"]`);
    return [...column].map(({ dataset }) => dataset.position);
  };
  assert.deepEqual([stops("queries"), stops("keys")], [["0"], ["0"]]);
  token(figure(host), "keys", 0).focus();
  press(document, "ArrowDown");
  click(token(figure(host), "queries", 4));
  await drawn(host);
  press(document, "ArrowUp");
  // The rows that the focus has left are stops again when the column is drawn the next time.
  click(byRole(host, "button", "Head 1"));
  await drawn(host);
  assert.deepEqual([stops("queries"), stops("keys")], [["3"], ["1"]]);
});

for (const [name, key] of [
  ["Enter", "Enter"],
  ["Space", " "],
]) {
  test(`${name} pins a token and Escape unpins it`, async (t) => {
    const { host } = await showView(t, "head");
    token(figure(host), "keys", 1).focus();
    press(document, key);
    await drawn(host);
    assert.equal(token(figure(host), "keys", 1).getAttribute("aria-selected"), "true");
    press(document, "ArrowDown");
    assert.equal(highlighted(host), "1");
    press(document, "Escape");
    await drawn(host);
    assert.equal(figure(host).querySelectorAll(".bertviz-pinned").length, 0);
  });
}

test("the squares of 32 heads are one stop of the Tab key, and arrow keys move between them", async (t) => {
  const layer = layerOfWeights(32, 1, () => 1);
  const { host } = await showView(t, "head", serveMade(t, madeTokens(1), [layer]));
  const squares = byRole(host, "toolbar", "Heads").querySelectorAll("button");
  const stops = () => [...squares].filter(({ tabIndex }) => tabIndex === 0);
  assert.equal(squares.length, 32);
  assert.deepEqual(stops(), [squares[0]]);
  squares[0].focus();
  press(document, "End");
  press(document, "ArrowLeft");
  assert.equal(nameOfFocused(), "Head 30");
  click(squares[30]);
  await drawn(host);
  assert.deepEqual(stops(), [squares[30]]);
});

test("Enter toggles a head and Shift+Enter leaves only that head on", async (t) => {
  const { host } = await showView(t, "head");
  byRole(host, "button", "Head 0").focus();
  for (let moved = 0; moved < 3; moved++) press(document, "ArrowRight");
  assert.equal(nameOfFocused(), "Head 3");
  press(document, "Enter");
  assert.equal(await drawn(host), "Encoder, layer 0, heads 0 1 2");
  press(document, "Enter", { shiftKey: true });
  assert.equal(await drawn(host), "Encoder, layer 0, heads 3");
  press(document, "Enter", { shiftKey: true });
  assert.equal(await drawn(host), "Encoder, layer 0, heads 0 1 2 3");
  assert.equal(nameOfFocused(), "Head 3");
});

test("arrow keys move through the grid and Enter opens a cell", async (t) => {
  const { host } = await showView(t, "model");
  host.querySelector(".bertviz-cell").focus();
  press(document, "ArrowDown");
  press(document, "ArrowRight");
  assert.equal(nameOfFocused(), "Layer 2, Head 1"); // block 1 has no attention
  press(document, "Enter");
  assert.equal(await drawn(host), "Encoder, Layer 2, Head 1");
  assert.equal(byRole(host, "button", "Layer 2, Head 1").getAttribute("aria-pressed"), "true");
});

test("Escape in a panel first unpins the token, then closes the panel", async (t) => {
  const { host } = await showView(t, "model");
  const cell = byRole(host, "button", "Layer 2, Head 1");
  click(cell);
  assert.equal(await drawn(host), "Encoder, Layer 2, Head 1");
  const panel = host.querySelector(".bertviz-panel");
  click(token(figure(host), "queries", 1));
  await drawn(host);
  assert.equal(figure(host).querySelectorAll(".bertviz-pinned").length, 1);
  press(document, "Escape");
  await drawn(host);
  assert.equal(figure(host).querySelectorAll(".bertviz-pinned").length, 0);
  assert.equal(panel.hidden, false);
  byRole(panel, "button", "Close").focus();
  press(document, "Escape");
  assert.equal(await drawn(host), "Encoder");
  assert.equal(panel.hidden, true);
  assert.equal(document.activeElement, cell);
});

test("the keyboard expands the neuron view and highlights tokens", async (t) => {
  const { host } = await showView(t, "neuron");
  byRole(host, "button", "Show query and key vectors").focus();
  press(document, "Enter");
  assert.equal(await drawn(host), "Encoder, layer 0, head 0, expanded");
  token(figure(host), "queries", 0).focus();
  press(document, "ArrowDown");
  assert.equal(highlighted(host), "1");
  assert.ok(!isVisibleText(host, "Select a token to see q × k"));
});

test("figure, columns and tokens have accessible names", async (t) => {
  const layer = layerOfWeights(12, 5, (_, query, key) => Number(query === key));
  const { host } = await showView(t, "head", serveMade(t, madeTokens(5), [layer]));
  const lines = byRole(host, "group", "Attention from queries to keys");
  for (const column of ["Queries", "Keys"]) {
    const options = allByRole(byRole(lines, "listbox", column), "option");
    assert.equal(options.length, 5);
    assert.equal(computeAccessibleName(options[2]), "word2, position 2");
  }
  const heads = byRole(host, "toolbar", "Heads");
  assert.equal(allByRole(heads, "button").length, 12);
});

test("the accessible name of a token says whether it is special, and which part of characters", async (t) => {
  const { host } = await showView(t, "head");
  const names = allByRole(byRole(host, "listbox", "Queries"), "option").map((option) =>
    computeAccessibleName(option),
  );
  assert.equal(names[0], "[CLS], position 0, special token");
  assert.match(names[3], /^😀.*, position 3/);
});
