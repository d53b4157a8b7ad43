// The neuron view: one head, collapsed to tokens and lines or expanded to its vectors.

import assert from "node:assert/strict";
import test from "node:test";
import { openTrace } from "../../assets/core/data/open_trace.js";
import { assertNumber, assertVector, bandWidth, cells, middleOf, VECTORS } from "./computation.js";
import {
  assertClose,
  assertInk,
  BLUE,
  boxesOf,
  onLine,
  pixels,
  tokenBoxes,
  translation,
} from "./ink.js";
import { FIRST_OF_B, servePair } from "./made_trace.js";
import { SCALING } from "./made_weights.js";
import { drawn, GOLDEN_URL, showView } from "./mounted_view.js";
import { goldenWeights, keyOf, queryOf } from "./plain_formula.js";
import {
  allByRole,
  byRole,
  choices,
  click,
  figure,
  hover,
  isVisibleText,
  labels,
  leave,
  numbers,
  pick,
  press,
  texts,
  token,
} from "./reader.js";

const HEADINGS = ["Query q", "Key k", "q × k (elementwise)", "q · k", "Softmax"];
const [EXPAND, COLLAPSE] = ["Show query and key vectors", "Hide query and key vectors"];

/** Show the pair in the neuron view. */
async function showPair(t) {
  const pair = servePair(t);
  const { host } = await showView(t, "neuron", pair);
  assert.equal(await drawn(host), "All, layer 0, head 0, collapsed");
  return { host, ...pair };
}

/** Show the pair in the expanded neuron view, with no token highlighted. */
async function showExpanded(t) {
  const shown = await showPair(t);
  hover(token(figure(shown.host), "queries", 0));
  click(byRole(figure(shown.host), "button", EXPAND));
  assert.equal(await drawn(shown.host), "All, layer 0, head 0, expanded");
  leave(document);
  return shown;
}

const signs = (host) => texts(allByRole(figure(host), "button").map((sign) => sign.firstChild));
const listed = (host) => numbers(figure(host).querySelector(".bertviz-numbers"));
const middleOfRow = ({ y, height }) => y + height / 2;

function product(one, other) {
  return one.map((number, dim) => number * other[dim]);
}

function assertAllClose(actual, expected, tolerance) {
  assert.equal(actual.length, expected.length);
  for (const [at, number] of actual.entries()) assertClose(number, expected[at], tolerance);
}

// Collapsed.

test("the opacity of a line is the weight of the chosen head", async (t) => {
  const { host, weights } = await showPair(t);
  pick(host, "Head", "7");
  assert.equal(await drawn(host), "All, layer 0, head 7, collapsed");
  hover(token(figure(host), "queries", 3));
  const row = weights[0][7][3];
  const ends = row.map((_, key) => onLine(figure(host), 3, key, 0.95));
  for (const [key, ink] of pixels(figure(host), ends).entries()) assertInk(ink, [BLUE, row[key]]);
});

test("pointing at a query highlights the keys with its weights", async (t) => {
  const { host, weights } = await showPair(t);
  assert.deepEqual(signs(host), []);
  hover(token(figure(host), "queries", 3));
  assert.deepEqual(signs(host), [EXPAND]);
  const opacities = boxesOf(figure(host)).map(({ opacity }) => opacity);
  assertAllClose(opacities, weights[0][0][3], 1e-4);
});

test("pointing at a query shows a plus button on it", async (t) => {
  const { host } = await showPair(t);
  for (const query of [2, 9]) {
    hover(token(figure(host), "queries", query));
    const [x, y] = translation(byRole(figure(host), "button", EXPAND));
    const row = tokenBoxes(figure(host), "queries")[query];
    assert.equal(y, middleOfRow(row));
    assert.ok(row.x <= x && x <= row.x + row.width);
  }
  leave(document);
  assert.deepEqual(signs(host), []);
});

test("pointing at a key does nothing", async (t) => {
  const { host } = await showPair(t);
  hover(token(figure(host), "keys", 3));
  assert.equal(host.querySelectorAll(".bertviz-highlighted").length, 0);
  assert.equal(host.querySelectorAll(".bertviz-boxes rect").length, 0);
});

// Expanded.

test("a click on plus shows the columns of the computation", async (t) => {
  const { host } = await showExpanded(t);
  assert.ok(HEADINGS.every((text) => isVisibleText(figure(host), text)));
  const across = HEADINGS.map((text) => middleOf(figure(host), text));
  assert.deepEqual(
    across,
    across.toSorted((a, b) => a - b),
  );
});

test("all query and key vectors are drawn without pointing", async (t) => {
  const { host, layers } = await showExpanded(t);
  assert.ok(isVisibleText(host, "Select a token to see q × k"));
  const [{ query, key }] = layers;
  for (const position of [0, 4, 14]) {
    assertVector(figure(host), "q", position, query[0][position]);
    assertVector(figure(host), "k", position, key[0][position]);
    const products = pixels(figure(host), cells(figure(host), "product", position, 4));
    assert.deepEqual(products, Array(4).fill([0, 0, 0, 0]));
  }
});

test("pointing at a query shows products and scores", async (t) => {
  const { host, layers } = await showExpanded(t);
  hover(token(figure(host), "queries", 4));
  assert.ok(!isVisibleText(host, "Select a token to see q × k"));
  const [{ query, key }] = layers;
  for (const position of [0, 4, 14]) {
    const products = product(query[0][4], key[0][position]);
    assertVector(figure(host), "product", position, products);
    const score = SCALING * products.reduce((sum, number) => sum + number);
    const y = middleOfRow(tokenBoxes(figure(host), "keys")[position]);
    const [dot] = pixels(figure(host), [[middleOf(figure(host), "q · k"), y]]);
    assertNumber(dot, score);
  }
});

test("the opacity of connectors shows the weights of the query", async (t) => {
  const { host, weights } = await showExpanded(t);
  hover(token(figure(host), "queries", 4));
  const across = figure(host);
  const productEnd = middleOf(across, VECTORS.product) + bandWidth(across) / 2;
  const x = (productEnd + middleOf(across, "q · k") - 10) / 2;
  for (const [key, box] of tokenBoxes(across, "keys").entries()) {
    const weight = weights[0][0][4][key];
    const [connector, behind] = pixels(across, [
      [x, middleOfRow(box)],
      [box.x + box.width - 3, box.y + 3],
    ]);
    assertClose(connector[3], 255 * Math.tanh(1.8 * weight), 1.5);
    // The key token is highlighted with the weight itself.
    assertClose(behind[3], 255 * weight, 1.5);
  }
});

test("the Softmax column lists the weights, each in the row of its key", async (t) => {
  const { host, weights } = await showExpanded(t);
  assert.deepEqual(listed(host), []);
  for (const query of [0, 4, 14]) {
    hover(token(figure(host), "queries", query));
    assertAllClose(listed(host), weights[0][0][query], 5.1e-4);
  }
  const entries = [...figure(host).querySelectorAll(".bertviz-numbers text")];
  const rows = tokenBoxes(figure(host), "keys").map(middleOfRow);
  assert.deepEqual(
    entries.map((entry) => Number(entry.getAttribute("y"))),
    rows,
  );
  leave(document);
  assert.deepEqual(listed(host), []);
  assert.ok(isVisibleText(host, "Select a token to see q × k"));
});

test("a click on minus collapses the view", async (t) => {
  const { host } = await showExpanded(t);
  hover(token(figure(host), "queries", 6));
  click(byRole(figure(host), "button", COLLAPSE));
  assert.equal(await drawn(host), "All, layer 0, head 0, collapsed");
  assert.ok(!isVisibleText(host, "Query q"));
});

test("the button above the figure expands and collapses the view", async (t) => {
  const { host } = await showPair(t);
  byRole(host, "button", EXPAND).focus();
  press(document, "Enter");
  assert.equal(await drawn(host), "All, layer 0, head 0, expanded");
  byRole(host, "button", COLLAPSE).focus();
  press(document, "Enter");
  assert.equal(await drawn(host), "All, layer 0, head 0, collapsed");
});

test("picking layer, head and attention part keeps the view expanded", async (t) => {
  const { host, tokens, layers, weights } = await showExpanded(t);
  assert.deepEqual(choices(host, "Layer"), ["0", "1", "2", "3", "4", "5"]);
  assert.deepEqual(choices(host, "Head"), [..."0123456789", "10", "11"]);
  pick(host, "Layer", "3");
  assert.equal(await drawn(host), "All, layer 3, head 0, expanded");
  pick(host, "Head", "5");
  assert.equal(await drawn(host), "All, layer 3, head 5, expanded");
  pick(host, "Attention", "Sentence B -> Sentence A");
  assert.equal(await drawn(host), "Sentence B -> Sentence A, layer 3, head 5, expanded");
  const words = tokens.map(({ text }) => text);
  assert.deepEqual(labels(figure(host), "queries"), words.slice(FIRST_OF_B));
  assert.deepEqual(labels(figure(host), "keys"), words.slice(0, FIRST_OF_B));
  const query = FIRST_OF_B + 2;
  hover(token(figure(host), "queries", 2));
  assertAllClose(listed(host), weights[3][5][query].slice(0, FIRST_OF_B), 5.1e-4);
  assertVector(figure(host), "q", 2, layers[3].query[5][query]);
});

test("a causal model shows no products for later keys", async (t) => {
  const { host } = await showView(t, "neuron");
  pick(host, "Attention", "Decoder");
  await drawn(host);
  click(byRole(host, "button", EXPAND));
  assert.equal(await drawn(host), "Decoder, layer 0, head 0, expanded");
  hover(token(figure(host), "queries", 2));
  assertAllClose(listed(host), goldenWeights("decoder", 0)[0][2], 5.1e-4);
  const layer = await (await openTrace(GOLDEN_URL)).layer("decoder", 0);
  const dot = middleOf(figure(host), "q · k");
  for (const [key, row] of tokenBoxes(figure(host), "keys").entries()) {
    const across = Array.from({ length: 25 }, (_, step) => [dot + step - 12, middleOfRow(row)]);
    const isDrawn = pixels(figure(host), across).some(([, , , alpha]) => alpha > 0);
    assert.equal(isDrawn, key <= 2);
    if (key <= 2) {
      const products = product(queryOf(layer, 0, 2), keyOf(layer, 0, key));
      assertVector(figure(host), "product", key, products);
    } else {
      const products = pixels(figure(host), cells(figure(host), "product", key, 3));
      assert.deepEqual(products, Array(3).fill([0, 0, 0, 0]));
      assert.equal(listed(host)[key], 0);
    }
  }
});
