// What the matrix view shows, and how it reacts to pointing, clicking and keys.

import assert from "node:assert/strict";
import test from "node:test";
import { assertClose, CATEGORY10, rgb, translation } from "./ink.js";
import { FIRST_OF_B, layerOfWeights, madeTokens, serveMade, servePair } from "./made_trace.js";
import { drawn, showView } from "./mounted_view.js";
import {
  allByRole,
  byRole,
  choices,
  click,
  doubleClick,
  figure,
  hover,
  labels,
  leave,
  pick,
  press,
  readout,
  texts,
  token,
} from "./reader.js";

const NEUTRAL = "#7a7a7a";
/** Half a step of a pixel's alpha, and half a step of its color, which the alpha divides. */
const TOLERANCE = 1 / 255;

const canvas = (host) => figure(host).querySelector("canvas");
const svg = (host) => figure(host).querySelector("svg");
const cellNote = (host) => texts(host.querySelectorAll(".bertviz-matrix-cell span")).join(" ");
const note = (host) => host.querySelector(".bertviz-matrix-note").textContent;
const bands = (host) => [...figure(host).querySelectorAll(".bertviz-matrix-bands rect")];
const squares = (host) => [...host.querySelectorAll(".bertviz-square")];
const mean = (rows) => rows[0].map((_, key) => average(rows.map((row) => row[key])));
const average = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/** Show the pair in the matrix view. */
async function showPair(t, link = "") {
  const pair = servePair(t);
  const { host, view } = await showView(t, "matrix", { ...pair, options: { link } });
  return { host, view, ...pair };
}

/** Show one head of a long text. */
async function showLong(t, numTokens, weightOf, { numHeads = 1, firstOfB = numTokens } = {}) {
  const layer = layerOfWeights(numHeads, numTokens, weightOf);
  const result = serveMade(t, madeTokens(numTokens, firstOfB), [layer]);
  const { host } = await showView(t, "matrix", result);
  return { host, weights: layer.weights };
}

/** Return the color and the opacity in the middle of a cell, of a matrix of equal cells. */
function cellAt({ width, height, data }, [row, numRows], [column, numColumns]) {
  const x = Math.floor(((column + 0.5) * width) / numColumns);
  const y = Math.floor(((row + 0.5) * height) / numRows);
  const [red, green, blue, alpha] = data.subarray(4 * (y * width + x));
  return { color: [red, green, blue], opacity: alpha / 255 };
}

/** Return the pixels of the matrix. */
function pixels(host) {
  const { width, height } = canvas(host);
  return canvas(host).getContext("2d").getImageData(0, 0, width, height);
}

/** Check the opacity of all cells, and the color of those that are not faint. */
function assertCells(host, expected, color) {
  const [numRows, numColumns] = [expected.length, expected[0].length];
  const picture = pixels(host);
  for (const [row, weights] of expected.entries()) {
    for (const [column, weight] of weights.entries()) {
      const cell = cellAt(picture, [row, numRows], [column, numColumns]);
      assertClose(cell.opacity, weight, TOLERANCE);
      if (weight < 0.5) continue;
      for (const [at, part] of rgb(color).entries()) assertClose(cell.color[at], part, 2);
    }
  }
}

/** Return the point in the middle of a cell, in a matrix without pooled cells. */
function pointOf(host, query, key) {
  const place = (side, row) => translation(token(figure(host), side, row))[1];
  const { style } = canvas(host);
  const [left, top] = [Number.parseFloat(style.left), Number.parseFloat(style.top)];
  return { x: left + place("keys", key), y: top + place("queries", query) };
}

test("the cells show the weights of a head in its color", async (t) => {
  const { host, weights } = await showPair(t, "heads=3&layer=2");
  assert.equal(await drawn(host), "All, layer 2, head 3");
  assertCells(host, weights[2][3], CATEGORY10[3]);
});

test("several heads show their mean, and the title says so", async (t) => {
  const { host, weights } = await showPair(t, "heads=0,1,2,3");
  assert.equal(await drawn(host), "All, layer 0, mean of heads 0 to 3");
  const heads = weights[0].slice(0, 4);
  assertCells(
    host,
    heads[0].map((_, query) => mean(heads.map((head) => head[query]))),
    NEUTRAL,
  );
  assert.match(host.querySelector(".bertviz-title").textContent, /mean of heads 0 to 3/);
  assert.match(host.querySelector(".bertviz-legend").textContent, /mean weight of 4 heads/);
});

test("squares and buttons choose the heads", async (t) => {
  const { host, weights } = await showPair(t);
  doubleClick(squares(host)[5]);
  assert.equal(await drawn(host), "All, layer 0, head 5");
  assertCells(host, weights[0][5], CATEGORY10[5]);
  click(byRole(host, "button", "All"));
  assert.equal(await drawn(host), "All, layer 0, mean of heads 0 to 11");
  click(byRole(host, "button", "None"));
  assert.equal(await drawn(host), "All, layer 0, no heads");
  assert.match(readout(host).join(" "), /No head is on/);
  click(byRole(host, "button", "One"));
  assert.equal(await drawn(host), "All, layer 0, head 5");
  assert.deepEqual(allByRole(host, "button", "Mean"), []);
});

test("a part of a pair has its own queries and keys", async (t) => {
  const { host, weights, tokens } = await showPair(t, "heads=4");
  pick(host, "Attention", "Sentence A -> Sentence B");
  assert.equal(await drawn(host), "Sentence A -> Sentence B, layer 0, head 4");
  const words = tokens.map(({ text }) => text);
  assert.deepEqual(labels(figure(host), "queries"), words.slice(0, FIRST_OF_B));
  assert.deepEqual(labels(figure(host), "keys"), words.slice(FIRST_OF_B));
  const expected = weights[0][4].slice(0, FIRST_OF_B).map((row) => row.slice(FIRST_OF_B));
  assertCells(host, expected, CATEGORY10[4]);
});

test("cross attention has as many rows as queries and as many columns as keys", async (t) => {
  const { host } = await showView(t, "matrix", { options: { link: "block=Cross&heads=1" } });
  assert.match(await drawn(host), /^Cross, /);
  const numbers = ["queries", "keys"].map((side) => labels(figure(host), side).length);
  const { width, height } = canvas(host);
  assert.notEqual(numbers[0], numbers[1]);
  assertClose(width / height, numbers[1] / numbers[0], 0.01);
});

test("pointing at a cell shows its weight and highlights its row and column", async (t) => {
  const { host, weights } = await showPair(t, "heads=3");
  hover(svg(host), pointOf(host, 4, 9));
  assert.equal(cellNote(host), `word4 → word9 ${weights[0][3][4][9].toFixed(3)}`);
  const marked = [...figure(host).querySelectorAll(".bertviz-highlighted")];
  assert.deepEqual(
    marked.map(({ dataset }) => dataset.position),
    ["4", "9"],
  );
  assert.deepEqual(
    bands(host).map(({ dataset }) => dataset.axis),
    ["query", "key"],
  );
  assert.equal(readout(host)[0], "word4");
  leave(document);
  assert.equal(cellNote(host), "");
  assert.deepEqual(bands(host), []);
});

test("pointing at a label highlights its token", async (t) => {
  const { host } = await showPair(t, "heads=3");
  hover(token(figure(host), "keys", 6));
  assert.deepEqual(readout(host).slice(0, 2), ["word6", "is attended to by"]);
  assert.deepEqual(
    bands(host).map(({ dataset }) => dataset.axis),
    ["key"],
  );
});

test("a click on a cell pins its query, and a click beside the cells unpins it", async (t) => {
  const { host } = await showPair(t, "heads=3");
  hover(svg(host), pointOf(host, 4, 9));
  const at = pointOf(host, 4, 9);
  svg(host).dispatchEvent(new window.MouseEvent("click", { clientX: at.x, clientY: at.y }));
  await drawn(host);
  leave(document);
  assert.equal(readout(host)[0], "word4");
  assert.equal(token(figure(host), "queries", 4).getAttribute("aria-selected"), "true");
  assert.equal(bands(host)[0].getAttribute("class"), "bertviz-pinned-band");
  click(svg(host));
  await drawn(host);
  assert.equal(figure(host).querySelectorAll(".bertviz-pinned").length, 0);
});

test("the pin of a link is highlighted, and the inspector ranks its weights", async (t) => {
  const { host, weights } = await showPair(t, "heads=3&pinned=key,2");
  const title = host.querySelector(".bertviz-ranking h3").textContent;
  assert.equal(title, "word2 is attended to by");
  const column = weights[0][3].map((row) => row[2]);
  const largest = Math.max(...column).toFixed(3);
  assert.equal(host.querySelector(".bertviz-ranking td:nth-child(3)").textContent, largest);
});

test("keys move through both axes, pin and unpin", async (t) => {
  const { host } = await showPair(t, "heads=3");
  const plane = byRole(host, "group", "Attention from queries to keys");
  for (const [name, side] of [
    ["Queries", "queries"],
    ["Keys", "keys"],
  ]) {
    const axis = byRole(plane, "listbox", name);
    assert.equal(axis.querySelectorAll('[tabindex="0"]').length, 1);
    token(figure(host), side, 0).focus();
    press(document, "ArrowRight");
    press(document, "ArrowDown");
    assert.equal(document.activeElement, token(figure(host), side, 2));
    assert.equal(readout(host)[0], "word2");
    press(document, "Enter");
    await drawn(host);
    assert.equal(token(figure(host), side, 2).getAttribute("aria-selected"), "true");
    press(document, "Escape");
    await drawn(host);
    assert.equal(figure(host).querySelectorAll(".bertviz-pinned").length, 0);
  }
});

test("with a pinned query, the arrow keys move through its cells, which a screen reader says", async (t) => {
  const { host, weights } = await showPair(t, "heads=3&pinned=query,4");
  const live = () => host.querySelector(".bertviz-matrix-cell").getAttribute("aria-live");
  token(figure(host), "keys", 7).focus();
  press(document, "ArrowRight");
  press(document, "ArrowDown");
  assert.equal(cellNote(host), `word4 → word9 ${weights[0][3][4][9].toFixed(3)}`);
  assert.equal(live(), "polite");
  assert.deepEqual(
    bands(host).map(({ dataset }) => dataset.axis),
    ["query", "key", "query"],
  );
  hover(svg(host), pointOf(host, 2, 3));
  assert.equal(cellNote(host), `word2 → word3 ${weights[0][3][2][3].toFixed(3)}`);
  assert.equal(live(), "off");
  press(document, "ArrowRight");
  assert.equal(cellNote(host).startsWith("word4 → word10 "), true);
  document.activeElement.blur();
  assert.equal(cellNote(host), "");
});

test("the cells of a long text show the largest weight of a block", async (t) => {
  const weightOf = (_, query, key) => ((7 * query + 3 * key) % 256) / 256;
  const { host, weights } = await showLong(t, 512, weightOf);
  assert.equal(note(host), "Each cell is the largest of 2 × 2 weights.");
  assertCells(
    host,
    pooled(weights[0], 2, (block) => Math.max(...block)),
    CATEGORY10[0],
  );
});

test("the reader can choose the mean weight of a block", async (t) => {
  const weightOf = (head, query, key) => ((7 * query + 3 * key + 50 * head) % 256) / 256;
  const { host, weights } = await showLong(t, 512, weightOf, { numHeads: 2 });
  assert.deepEqual(choices(host, "Cell"), ["largest weight", "mean weight"]);
  pick(host, "Cell", "mean weight");
  await drawn(host);
  assert.equal(note(host), "Each cell is the mean of 2 × 2 weights.");
  const means = weights[0].map((row, query) => mean([row, weights[1][query]]));
  assertCells(host, pooled(means, 2, average), NEUTRAL);
});

test("no cell has tokens of two texts", async (t) => {
  // The first 301 tokens are A: its last cell has one token.
  const { host } = await showLong(t, 512, (_, query, key) => Number(query === 300 && key === 301), {
    firstOfB: 301,
  });
  const { width, height, data } = pixels(host);
  const alphaOf = (x, y) => data[4 * (y * width + x) + 3];
  const inked = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) if (alphaOf(x, y)) inked.push([x, y]);
  }
  const token = width / 512;
  for (const [x, y] of inked) {
    assert.ok(300 * token - 1 <= y && y <= 301 * token + 1, `row ${y / token}`);
    assert.ok(301 * token - 1 <= x && x <= 303 * token + 1, `column ${x / token}`);
  }
  assert.ok(inked.length > 0);
});

test("a filter hides keys and small weights, and says how many cells", async (t) => {
  const { host, weights } = await showPair(t, "heads=1,2&filter=first,renormalize,min=0.05");
  const remaining = (row) => {
    const rest = row.map((weight, key) => (key === 0 ? 0 : weight));
    const total = rest.reduce((sum, weight) => sum + weight, 0);
    return rest.map((weight) => weight / total);
  };
  const expected = weights[0][1].map((row, query) =>
    mean([remaining(row), remaining(weights[0][2][query])]).map((weight) =>
      weight < 0.05 ? 0 : weight,
    ),
  );
  assertCells(host, expected, NEUTRAL);
  assert.ok(token(figure(host), "keys", 0).classList.contains("bertviz-hidden-key"));
  assert.ok(!token(figure(host), "queries", 0).classList.contains("bertviz-hidden-key"));
  const filterNote = host.querySelector(".bertviz-filter-note");
  assert.match(filterNote.textContent, /Attention to the first token is hidden/);
  await untilText(filterNote, /of \d+ cells are hidden/);
  hover(token(figure(host), "queries", 4));
  const largest = Math.max(...expected[4]).toFixed(3);
  assert.equal(host.querySelector(".bertviz-ranking td:nth-child(3)").textContent, largest);
});

test("zooming in shows single weights, and All tokens the whole matrix", async (t) => {
  const { host } = await showLong(t, 512, (_, query, key) => Number(query === key));
  const rows = () => labels(figure(host), "queries");
  assert.equal(rows()[1], "#16 word16 …");
  token(figure(host), "queries", 0).focus();
  for (let step = 0; step < 4; step++) press(document, "+");
  assert.equal(note(host), "");
  press(document, "+");
  assert.ok(
    rows().some((label) => label === "word256"),
    rows().join(),
  );
  assert.ok(rows().length < 50);
  click(byRole(host, "button", "Show all tokens at once"));
  assert.equal(rows()[1], "#16 word16 …");
});

test("a zoomed matrix shows the previous picture until its cells are computed", async (t) => {
  // Columns of 64 keys have the weights 0.5 and 0 in turn.
  const weightOf = (_, query, key) => Number(query >= 256 && key % 128 < 64) / 2;
  const { host } = await showLong(t, 512, weightOf);
  const opacities = () =>
    [0, 3].flatMap((row) =>
      [1, 2].map((column) => cellAt(pixels(host), [row, 4], [column, 4]).opacity),
    );
  token(figure(host), "queries", 0).focus();
  // The middle stays in place: the upper half of the picture has no weights.
  for (const direction of ["+", "+"]) {
    press(document, direction);
    const atOnce = opacities();
    await new Promise((resolve) => requestAnimationFrame(resolve));
    assert.deepEqual(atOnce.slice(0, 2), [0, 0]);
    for (const [at, opacity] of opacities().entries()) assertClose(atOnce[at], opacity, 0.02);
    assert.ok(Math.max(...atOnce) > 0.45, `${atOnce}`);
  }
});

test("another pooling shows the previous picture until its cells are computed", async (t) => {
  // So many weights are computed after the frame that shows the first picture.
  const { host } = await showLong(t, 1100, (_head, _query, key) => (key % 2) / 2);
  const middle = () => cellAt(pixels(host), [1, 3], [1, 3]).opacity;
  const isAbout = (opacity) => Math.abs(middle() - opacity) <= TOLERANCE;
  await untilFrame(() => isAbout(0.5));
  pick(host, "Cell", "mean weight");
  await untilText(host.querySelector(".bertviz-matrix-note"), /mean/);
  assertClose(middle(), 0.5, TOLERANCE);
  await untilFrame(() => isAbout(0.25));
});

test("after a zoom, the note and the bands are those of the cell at the pointer", async (t) => {
  const weightOf = (_, query, key) => ((7 * query + 3 * key) % 256) / 256;
  const { host } = await showLong(t, 512, weightOf);
  const { style } = canvas(host);
  const [left, top] = [Number.parseFloat(style.left), Number.parseFloat(style.top)];
  hover(svg(host), { x: left + 400, y: top + 500 });
  const before = cellNote(host);
  const wheel = new window.WheelEvent("wheel", {
    ...{ ctrlKey: true, deltaY: -600, bubbles: true, cancelable: true },
    ...{ clientX: left + 400, clientY: top + 500 },
  });
  svg(host).dispatchEvent(wheel);
  await untilFrame(() => cellNote(host) !== before);
  const [, query, key, weight] = cellNote(host).match(/^word(\d+) → word(\d+) (.+)$/);
  assert.equal(weight, weightOf(0, Number(query), Number(key)).toFixed(3));
  const texts = [...figure(host).querySelectorAll(".bertviz-highlighted")];
  assert.deepEqual(
    texts.map(({ dataset }) => dataset.position),
    [query, key],
  );
});

test("two fingers zoom at the point between them, and one finger does not", async (t) => {
  const { host } = await showLong(t, 512, (_, query, key) => Number(query === key));
  const { style } = canvas(host);
  const [left, top] = [Number.parseFloat(style.left), Number.parseFloat(style.top)];
  const touch = (type, ...fingers) => {
    const event = new window.Event(type, { bubbles: true, cancelable: true });
    const touches = fingers.map(([x, y]) => ({ clientX: left + x, clientY: top + y }));
    return svg(host).dispatchEvent(Object.assign(event, { touches }));
  };
  const before = note(host);
  touch("touchstart", [50, 60]);
  assert.ok(touch("touchmove", [50, 90]), "the browser scrolls");
  assert.equal(note(host), before);
  touch("touchstart", [80, 100], [120, 100]);
  assert.ok(!touch("touchmove", [0, 100], [200, 100]), "the browser does not scroll");
  assert.equal(note(host), "");
  // The key between the fingers stays in place.
  assertClose((figure(host).scrollLeft + 100) / 5, 100, 1);
  assertClose((figure(host).scrollTop + 100) / 5, 100, 1);
  touch("touchend", [0, 100]);
  const zoomed = labels(figure(host), "keys");
  touch("touchmove", [0, 150], [300, 150]);
  assert.deepEqual(labels(figure(host), "keys"), zoomed);
});

test("a click on a label of several tokens zooms in to them", async (t) => {
  const { host } = await showLong(t, 512, (_, query, key) => Number(query === key));
  click(token(figure(host), "keys", 10));
  assert.ok(labels(figure(host), "keys").includes("word160"));
});

/** Wait until an element has a text: what a filter hides is counted while the page is idle. */
function untilText(element, pattern) {
  return new Promise((resolve) => {
    const check = () => pattern.test(element.textContent) && resolve();
    new window.MutationObserver(check).observe(element, { childList: true, subtree: true });
    check();
  });
}

/** Wait for the first frame after which a condition holds. */
async function untilFrame(condition) {
  while (!condition()) await new Promise((resolve) => requestAnimationFrame(resolve));
}

/** Pool square blocks, with plain loops. */
function pooled(weights, size, pool) {
  const starts = weights.map((_, at) => at).filter((at) => at % size === 0);
  return starts.map((query) =>
    starts.map((key) => {
      const rows = weights.slice(query, query + size);
      return pool(rows.flatMap((row) => row.slice(key, key + size)));
    }),
  );
}
