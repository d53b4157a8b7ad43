// What the model view shows, and how its panel and its pickers react.

import assert from "node:assert/strict";
import test from "node:test";
import { groupedNumber } from "../../assets/core/text/number_format.js";
import { assertInk, CATEGORY10, hasInk, onLine, pixels, rgb } from "./ink.js";
import {
  FIRST_OF_B,
  layerOfWeights,
  madeLayer,
  madeTokens,
  serveMade,
  servePair,
} from "./made_trace.js";
import { drawn, showView } from "./mounted_view.js";
import {
  byRole,
  choices,
  click,
  figure,
  fill,
  hover,
  labels,
  leave,
  pick,
  press,
  readout,
  token,
} from "./reader.js";

const [NUM_LAYERS, NUM_HEADS] = [6, 12]; // of the pair

const cells = (host) => [...host.querySelectorAll(".bertviz-cell")];
const cell = (host, layer, head) =>
  host.querySelector(`[role=button][aria-label="Layer ${layer}, Head ${head}"]`);
const panel = (host) => host.querySelector(".bertviz-panel");
const heading = (host) => panel(host).querySelector("h3").textContent;
const picked = (host) => [...host.querySelectorAll(".bertviz-picked")];

/** Show the pair in the model view. */
async function showPair(t) {
  const pair = servePair(t);
  const { host, view } = await showView(t, "model", pair);
  assert.equal(await drawn(host), "All");
  return { host, view, texts: pair.tokens.map(({ text }) => text), weights: pair.weights };
}

/** Click a cell, and return the panel that opens. */
async function openPanel(host, layer, head) {
  click(cell(host, layer, head));
  assert.equal(await drawn(host), `All, Layer ${layer}, Head ${head}`);
  assert.ok(!panel(host).hidden);
  return panel(host);
}

/**
 * Return pixels of a cell.
 * @param {Element} host
 * @param {Element} cell
 * @param {[x: number, y: number][]} points from 0 to 1, from the top left corner of the cell
 */
function pixelsOf(host, cell, points) {
  const [x, width] = ["x", "width"].map((name) => Number(cell.getAttribute(name)));
  const at = points.map(([across, down]) => [x + across * width, 1 + down * width]);
  return pixels({ querySelectorAll: () => [canvasOf(host, cell)] }, at);
}

/** Return the canvas of a cell's layer, which is as high as the cell. */
function canvasOf(host, cell) {
  const [y, width] = ["y", "width"].map((name) => Number(cell.getAttribute(name)));
  return host.querySelectorAll(".bertviz-grid canvas")[Math.floor(y / (width + 2))];
}

/** Return the pixels of a line down a cell that have much ink. */
function inkDown(host, cell, across) {
  const [x, width] = ["x", "width"].map((name) => Number(cell.getAttribute(name)));
  const canvas = canvasOf(host, cell);
  const { data } = canvas
    .getContext("2d")
    .getImageData(Math.floor(x + across * width), 0, 1, canvas.height);
  const column = Array.from({ length: canvas.height }, (_, row) => [
    ...data.subarray(4 * row, 4 * row + 4),
  ]);
  return column.filter(([red, green, blue]) => Math.min(red, green, blue) < 190);
}

/** Return the index of the color that a pixel on a light page is a tint of. */
function nearestColor(pixel) {
  const ink = (color) => color.slice(0, 3).map((part) => 255 - part);
  const cosines = CATEGORY10.map((color) => cosine(ink(pixel), ink(rgb(color))));
  return cosines.indexOf(Math.max(...cosines));
}

function cosine(one, other) {
  const dot = (a, b) => a.reduce((sum, part, at) => sum + part * b[at], 0);
  return dot(one, other) / Math.sqrt(dot(one, one) * dot(other, other));
}

test("every cell shows lines in the color of its layer", async (t) => {
  const { host } = await showPair(t);
  assert.equal(cells(host).length, NUM_LAYERS * NUM_HEADS);
  for (const [number, each] of cells(host).entries()) {
    const inked = [0.3, 0.6].flatMap((across) => inkDown(host, each, across));
    assert.ok(new Set(inked.map(String)).size > 5, `cell ${number} has few lines`);
    const colors = new Set(inked.map(nearestColor));
    assert.deepEqual([...colors], [Math.floor(number / NUM_HEADS)]);
  }
});

test("lines of a cell are as opaque as their weights", async (t) => {
  // Twelve layers repeat the ten colors; the first word attends to itself and to the last word.
  const weights = [
    [0.3, 0.0, 0.7],
    [0.0, 1.0, 0.0],
    [0.0, 0.0, 1.0],
  ];
  const layer = layerOfWeights(1, 3, (_, query, key) => weights[query][key]);
  const result = serveMade(t, madeTokens(3), Array(12).fill(layer));
  const { host } = await showView(t, "model", result);
  for (const layer of [0, 9, 10, 11]) {
    const each = cell(host, layer, 0);
    const width = Number(each.getAttribute("width"));
    // A cell has three rows and a padding; near its right edge, lines do not cross.
    const row = ((width + 2) * (0.08 + (0.84 * 0.5) / 3) - 1) / width;
    const column = [-2, -1, 0, 1, 2].map((step) => [0.8, row + step / width]);
    const darkest = pixelsOf(host, each, column).sort((one, other) => sum(one) - sum(other))[0];
    // A byte holds the square root of the weight.
    assertInk(darkest, [CATEGORY10[layer % 10], (Math.round(0.3 ** 0.5 * 255) / 255) ** 2]);
  }
});

function sum([red, green, blue]) {
  return red + green + blue;
}

test("a click on a cell opens a panel of its head", async (t) => {
  const { host, texts } = await showPair(t);
  assert.ok(panel(host).hidden);
  const opened = await openPanel(host, 2, 3);
  assert.equal(heading(host), "Layer 2, Head 3");
  assert.deepEqual(picked(host), [cell(host, 2, 3)]);
  assert.deepEqual(labels(figure(opened), "queries"), texts);
  assert.deepEqual(labels(figure(opened), "keys"), texts);
});

test("a click on the open cell again closes the panel", async (t) => {
  const { host } = await showPair(t);
  await openPanel(host, 2, 3);
  click(cell(host, 2, 3));
  assert.equal(await drawn(host), "All");
  assert.ok(panel(host).hidden);
  assert.deepEqual(picked(host), []);
});

test("a click on another cell shows its head in the panel", async (t) => {
  const { host } = await showPair(t);
  await openPanel(host, 2, 3);
  await openPanel(host, 4, 1);
  assert.equal(heading(host), "Layer 4, Head 1");
  assert.deepEqual(picked(host), [cell(host, 4, 1)]);
});

test("the close button closes the panel", async (t) => {
  const { host } = await showPair(t);
  const opened = await openPanel(host, 2, 3);
  click(byRole(opened, "button", "Close"));
  assert.equal(await drawn(host), "All");
  assert.ok(panel(host).hidden);
});

test("Enter on a focused cell opens and closes the panel", async (t) => {
  const { host } = await showPair(t);
  cell(host, 1, 1).focus();
  press(document, "Enter");
  assert.equal(await drawn(host), "All, Layer 1, Head 1");
  press(document, "Enter");
  assert.equal(await drawn(host), "All");
});

test("pointing at a query in the panel shows only its lines", async (t) => {
  const { host, weights } = await showPair(t);
  const across = figure(await openPanel(host, 2, 3));
  const everything = [0, 8, 14].map((query) => onLine(across, query, query, 0.05));
  const before = pixels(across, everything);
  hover(token(across, "queries", 4));
  const row = weights[2][3][4];
  const ends = row.map((_, key) => onLine(across, 4, key, 0.95));
  for (const [key, ink] of pixels(across, ends).entries()) {
    assertInk(ink, ...(row[key] >= 0.5 / 255 ? [[CATEGORY10[2], row[key]]] : []));
  }
  assert.ok(!pixels(across, everything).some(hasInk));
  leave(document);
  assert.equal(host.querySelectorAll(".bertviz-highlighted").length, 0);
  assert.deepEqual(pixels(across, everything), before);
});

test("picking an attention part changes grid and panel", async (t) => {
  const { host, texts, weights } = await showPair(t);
  await openPanel(host, 2, 3);
  assert.equal(choices(host, "Attention")[3], "Sentence A -> Sentence B");
  pick(host, "Attention", "Sentence A -> Sentence B");
  assert.equal(await drawn(host), "Sentence A -> Sentence B, Layer 2, Head 3");
  const across = figure(panel(host));
  assert.deepEqual(labels(across, "queries"), texts.slice(0, FIRST_OF_B));
  assert.deepEqual(labels(across, "keys"), texts.slice(FIRST_OF_B));
  hover(token(across, "queries", 1));
  const row = weights[2][3][1].slice(FIRST_OF_B);
  const key = row.indexOf(Math.max(...row));
  const [ink] = pixels(across, [onLine(across, 1, key, 0.95)]);
  assertInk(ink, [CATEGORY10[2], row[key]]);
});

test("chosen layers and heads keep their colors and numbers", async (t) => {
  const { host } = await showPair(t);
  change(byRole(host, "textbox", "Layers"), "5, 1-2");
  await drawn(host);
  change(byRole(host, "textbox", "Heads"), "3, 10");
  assert.equal(await drawn(host), "All");
  const layers = [1, 1, 2, 2, 5, 5];
  const names = layers.map((layer, at) => `Layer ${layer}, Head ${[3, 10][at % 2]}`);
  assert.deepEqual(
    cells(host).map((each) => each.getAttribute("aria-label")),
    names,
  );
  const numbers = [...host.querySelectorAll(".bertviz-axis:not(.bertviz-axis-title)")];
  assert.deepEqual(
    numbers.map(({ textContent }) => textContent),
    ["3", "10", "1", "2", "5"],
  );
  for (const [at, each] of cells(host).entries()) {
    const inked = [0.3, 0.6].flatMap((across) => inkDown(host, each, across));
    assert.ok(inked.length > 0);
    assert.deepEqual([...new Set(inked.map(nearestColor))], [layers[at]]);
  }
});

/** Change the text of a field, and leave the field. */
function change(field, text) {
  fill(field, text);
  field.dispatchEvent(new window.Event("change"));
}

/** Return the message that describes a wrong field, and check that a screen reader finds it. */
function errorOf(field) {
  if (field.getAttribute("aria-invalid") === null) {
    assert.equal(field.getAttribute("aria-describedby"), null);
    return "";
  }
  return document.getElementById(field.getAttribute("aria-describedby")).textContent;
}

test("a layer that does not exist shows a message beside the field until it is corrected", async (t) => {
  const { host } = await showPair(t);
  const field = byRole(host, "textbox", "Layers");
  change(field, "1, 9");
  const message = "There is no layer 9. Layers are numbered 0 to 5. Write for example 0-3, 5.";
  assert.equal(errorOf(field), message);
  pick(host, "Colors", "Color-blind safe");
  assert.equal(await drawn(host), "All");
  // A draw for another reason changes neither the reader's list nor the message.
  assert.deepEqual([field.value, errorOf(field)], ["1, 9", message]);
  assert.equal(cells(host).length, NUM_LAYERS * NUM_HEADS);
  fill(field, "1, ");
  assert.match(errorOf(field), /^“” is not a number or a range\. Layers are numbered/);
  fill(field, "1");
  assert.equal(errorOf(field), "");
  change(field, "1");
  assert.equal(await drawn(host), "All");
  assert.equal(cells(host).length, NUM_HEADS);
});

test("a list that cannot be parsed shows a message, and the grid stays", async (t) => {
  const { host } = await showPair(t);
  const field = byRole(host, "textbox", "Heads");
  change(field, "the first");
  assert.match(
    errorOf(field),
    /^“the first” is not a number or a range\. Heads are numbered 0 to 11\./,
  );
  assert.equal(await drawn(host), "All");
  assert.equal(cells(host).length, NUM_LAYERS * NUM_HEADS);
  change(field, "");
  assert.equal(errorOf(field), "");
});

test("a link to layers that the model does not have says so beside the field", async (t) => {
  const options = { link: "grid_layers=4,5,6,7" };
  const { host } = await showView(t, "model", { ...servePair(t), options });
  const field = byRole(host, "textbox", "Layers");
  assert.match(errorOf(field), /^There are no layers 6 and 7\. /);
  assert.equal(cells(host).length, 2 * NUM_HEADS);
});

test("a result without the open head closes the panel", async (t) => {
  const { host, view } = await showPair(t);
  await openPanel(host, 5, 11);
  const layers = [0, 1, 2, 3].map((number) => madeLayer(4, 5, number));
  await view.update(serveMade(t, madeTokens(5), layers).url);
  assert.equal(await drawn(host), "All");
  assert.ok(panel(host).hidden);
  assert.equal(cells(host).length, 16);
});

test("the readout explains lines that stand for several weights", async (t) => {
  const layer = layerOfWeights(1, 100, (_, query, key) => Number(query === key));
  const { host } = await showView(t, "model", serveMade(t, madeTokens(100), [layer]));
  assert.match(
    readout(host).join(" "),
    /^Zoomed out: each line is the largest weight in a 4 × 4 block\. /,
  );
});

test("with a filter and no open head, the note counts the hidden lines of the whole grid", async (t) => {
  const pair = servePair(t, ["first"]);
  const link = "filter=first";
  const { host } = await showView(t, "model", { ...pair, options: { link } });
  const note = host.querySelector(".bertviz-filter-note");
  const isLine = (weight) => weight >= 0.5 / 255;
  // The made file hides all weights.
  const expectCount = async (heads, [queries, keys] = [[], []]) => {
    const rows = heads.flatMap((head) => head.slice(...queries));
    const count = rows.flatMap((row) => row.slice(...keys).filter(isLine)).length;
    const number = groupedNumber(count);
    const text = `${number} of ${number} lines of the grid are hidden, with 100% of the weight.`;
    while (!note.textContent.includes(text)) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  };
  await expectCount(pair.weights.flat());
  pick(host, "Attention", "Sentence A -> Sentence B");
  await expectCount(pair.weights.flat(), [[0, FIRST_OF_B], [FIRST_OF_B]]);
  change(byRole(host, "textbox", "Layers"), "1");
  await expectCount(pair.weights[1], [[0, FIRST_OF_B], [FIRST_OF_B]]);
});

test("the panel of a head opens the head in each other view", async (t) => {
  const pair = servePair(t);
  const options = { shared: "the panel's links" };
  const { host } = await showView(t, "model", { ...pair, options });
  await openPanel(host, 2, 3);
  const opened = [];
  host.addEventListener("bertviz-open", ({ detail }) => opened.push(detail.view));
  for (const name of ["Head view →", "Neuron view →", "Matrix view →"]) {
    click(byRole(host, "button", name));
  }
  assert.deepEqual(opened, ["head", "neuron", "matrix"]);
});
