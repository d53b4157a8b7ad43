// What the attention-head view shows, and how it reacts to pointing and clicking.

import assert from "node:assert/strict";
import { once } from "node:events";
import test from "node:test";
import {
  assertBoxes,
  assertClose,
  assertInk,
  boxesOf,
  CATEGORY10,
  hasInk,
  onLine,
  pixels,
  rgb,
} from "./ink.js";
import {
  FIRST_OF_B,
  layerOfWeights,
  madeLayer,
  madeTokens,
  serveMade,
  servePair,
} from "./made_trace.js";
import { drawn, scrollTo, showView } from "./mounted_view.js";
import {
  allByRole,
  choices,
  click,
  doubleClick,
  figure,
  hover,
  labels,
  leave,
  pick,
  picker,
  token,
  tokens,
} from "./reader.js";

const PARTS = [
  "All",
  "Sentence A -> Sentence A",
  "Sentence B -> Sentence B",
  "Sentence A -> Sentence B",
  "Sentence B -> Sentence A",
];
/**
 * BertViz's colors of inactive heads, computed with Python's colorsys: 60% lighter, and less saturated by
 * the same amount.
 */
const LIGHTENED =
  "#aec7d8 #f1cdac #b5cfb5 #e0b8b8 #d4cdd9 #c1c6c7 #edcfe4 #cccccc #dadab1 #addce1".split(" ");
const ALL_HEADS = "0 1 2 3 4 5 6 7 8 9 10 11";
const ALL = [...Array(15).keys()];

const squares = (host) => [...host.querySelectorAll(".bertviz-square")];

/** Show the pair in the head view. */
async function showPair(t) {
  const pair = servePair(t);
  const { host, view } = await showView(t, "head", pair);
  assert.equal(await drawn(host), `All, layer 0, heads ${ALL_HEADS}`);
  return { host, view, ...pair };
}

/** Deactivate all heads except these, which ascend. */
async function leaveOn(host, ...heads) {
  doubleClick(squares(host)[heads[0]]);
  for (const head of heads.slice(1)) click(squares(host)[head]);
  assert.match(await drawn(host), RegExp(`, heads ${heads.join(" ")}$`));
}

/** Return the strokes of heads that change a pixel. */
function strokes(heads, weightOf) {
  return heads
    .map((head) => [CATEGORY10[head % 10], weightOf(head) / heads.length])
    .filter(([, opacity]) => opacity >= 0.5 / 255);
}

test("both columns show the tokens", async (t) => {
  const { host } = await showView(t, "head");
  const texts = ["[CLS]", "Das", "é", "😀 1/2", "😀 2/2", "[SEP]", "<b>"];
  assert.deepEqual(labels(figure(host), "queries"), texts);
  assert.deepEqual(labels(figure(host), "keys"), texts);
});

test("picking a layer keeps the chosen heads", async (t) => {
  const { host, weights } = await showPair(t);
  await leaveOn(host, 2, 5);
  assert.deepEqual(choices(host, "Layer"), ["0", "1", "2", "3", "4", "5"]);
  pick(host, "Layer", "3");
  assert.equal(await drawn(host), "All, layer 3, heads 2 5");
  hover(token(figure(host), "queries", 1));
  const [ink] = pixels(figure(host), [onLine(figure(host), 1, 2, 0.95)]);
  assertInk(ink, ...strokes([2, 5], (head) => weights[3][head][1][2]));
});

test("picking a layer keeps the focus on the picker", async (t) => {
  const { host } = await showPair(t);
  picker(host, "Layer").focus();
  for (const layer of ["1", "2"]) {
    pick(host, "Layer", layer);
    assert.match(await drawn(host), RegExp(`^All, layer ${layer}, `));
    assert.equal(document.activeElement, picker(host, "Layer"));
  }
});

test("a new result keeps the chosen attention part", async (t) => {
  const { host, view } = await showPair(t);
  pick(host, "Attention", PARTS[1]);
  assert.match(await drawn(host), RegExp(`^${PARTS[1]}, `));
  await view.update(servePair(t).url);
  assert.match(await drawn(host), RegExp(`^${PARTS[1]}, `));
  assert.equal(picker(host, "Attention").selectedOptions[0].text, PARTS[1]);
});

test("the attention picker offers the parts of a pair", async (t) => {
  const { host } = await showPair(t);
  assert.deepEqual(choices(host, "Attention"), PARTS);
});

test("the attention picker is hidden for one text", async (t) => {
  const layers = [0, 1].map((number) => madeLayer(1, 5, number));
  const { host } = await showView(t, "head", serveMade(t, madeTokens(5), layers));
  const labels = allByRole(host, "combobox").map((each) => each.parentElement.firstChild.data);
  assert.deepEqual(labels, ["Layer", "Colors"]);
});

test("picking a part shows its tokens, and keeps layer and heads", async (t) => {
  const { host, tokens, weights } = await showPair(t);
  await leaveOn(host, 4);
  pick(host, "Layer", "2");
  const texts = tokens.map(({ text }) => text);
  const spans = { A: [0, FIRST_OF_B], B: [FIRST_OF_B, undefined] };
  for (const part of PARTS.slice(1)) {
    pick(host, "Attention", part);
    assert.equal(await drawn(host), `${part}, layer 2, heads 4`);
    const [queries, keys] = [spans[part[9]], spans[part.at(-1)]];
    assert.deepEqual(labels(figure(host), "queries"), texts.slice(...queries));
    assert.deepEqual(labels(figure(host), "keys"), texts.slice(...keys));
    // The weights of a part are not normalized again.
    hover(token(figure(host), "queries", 1));
    const row = weights[2][4][queries[0] + 1].slice(...keys);
    const key = row.indexOf(Math.max(...row));
    const [ink] = pixels(figure(host), [onLine(figure(host), 1, key, 0.95)]);
    assertInk(ink, [CATEGORY10[4], row[key]]);
  }
});

test("a click on a square switches its head off and on", async (t) => {
  const { host } = await showPair(t);
  click(squares(host)[3]);
  assert.equal(await drawn(host), "All, layer 0, heads 0 1 2 4 5 6 7 8 9 10 11");
  assert.equal(squares(host)[3].getAttribute("aria-pressed"), "false");
  click(squares(host)[3]);
  assert.equal(await drawn(host), `All, layer 0, heads ${ALL_HEADS}`);
  assert.equal(squares(host)[3].getAttribute("aria-pressed"), "true");
});

test("a click on the last active head leaves it on", async (t) => {
  const { host } = await showPair(t);
  await leaveOn(host, 6);
  click(squares(host)[6]);
  assert.equal(await drawn(host), "All, layer 0, heads 6");
});

test("a double click leaves only one head on; on the only active head it switches all on", async (t) => {
  const { host } = await showPair(t);
  doubleClick(squares(host)[3]);
  assert.equal(await drawn(host), "All, layer 0, heads 3");
  doubleClick(squares(host)[5]); // an inactive head
  assert.equal(await drawn(host), "All, layer 0, heads 5");
  doubleClick(squares(host)[5]);
  assert.equal(await drawn(host), `All, layer 0, heads ${ALL_HEADS}`);
});

test("squares have the colors of their heads, and are lighter when inactive", async (t) => {
  const { host } = await showPair(t);
  const colors = () => squares(host).map(({ style }) => rgb(style.backgroundColor));
  assert.deepEqual(
    colors(),
    ALL.slice(0, 12).map((head) => rgb(CATEGORY10[head % 10])),
  );
  await leaveOn(host, 0);
  for (const [head, light] of colors().entries()) {
    if (head === 0) continue;
    const expected = rgb(LIGHTENED[head % 10]);
    for (const [at, part] of light.entries()) assertClose(part, expected[at], 1);
  }
});

test("the opacity of a line is its weight divided by the number of active heads", async (t) => {
  // [head][query][key]
  const weights = [
    [
      [0.6, 0.4],
      [0.0, 1.0],
    ],
    [
      [1.0, 0.0],
      [0.1, 0.9],
    ],
  ];
  const layer = layerOfWeights(2, 2, (head, query, key) => weights[head][query][key]);
  const { host } = await showView(t, "head", serveMade(t, madeTokens(2), [layer]));
  assert.equal(await drawn(host), "All, layer 0, heads 0 1");
  const across = figure(host);
  const [blue, orange] = CATEGORY10;
  const inkOf = () =>
    pixels(across, [
      onLine(across, 0, 0, 0.75),
      onLine(across, 0, 1, 0.25),
      onLine(across, 1, 0, 0.25),
    ]);
  const [both, first, second] = inkOf();
  assertInk(both, [blue, 0.6 / 2], [orange, 1.0 / 2]);
  assertInk(first, [blue, 0.4 / 2]);
  assertInk(second, [orange, 0.1 / 2]);
  click(squares(host)[1]);
  assert.equal(await drawn(host), "All, layer 0, heads 0");
  const [alone, , none] = inkOf();
  assertInk(alone, [blue, 0.6]);
  assertInk(none);
});

test("lines have the color of their head", async (t) => {
  const { host, weights } = await showPair(t);
  for (const head of [0, 7, 9, 10, 11]) {
    await leaveOn(host, head);
    hover(token(figure(host), "queries", 2));
    const row = weights[0][head][2];
    const key = row.indexOf(Math.max(...row));
    const [ink] = pixels(figure(host), [onLine(figure(host), 2, key, 0.95)]);
    assertInk(ink, [CATEGORY10[head % 10], row[key]]);
  }
});

test("pointing at a query token shows only its lines", async (t) => {
  const { host, weights } = await showPair(t);
  await leaveOn(host, 1, 8);
  hover(token(figure(host), "queries", 2));
  const ends = ALL.map((key) => onLine(figure(host), 2, key, 0.95));
  for (const [key, ink] of pixels(figure(host), ends).entries()) {
    assertInk(ink, ...strokes([1, 8], (head) => weights[0][head][2][key]));
  }
  // The lines of the other queries are not drawn.
  const others = ALL.filter((query) => query !== 2);
  const begins = others.map((query) => onLine(figure(host), query, query, 0));
  assert.ok(!pixels(figure(host), begins).some(hasInk));
});

test("pointing at a query token draws a box for each head behind the keys", async (t) => {
  const { host, weights } = await showPair(t);
  await leaveOn(host, 1, 8);
  hover(token(figure(host), "queries", 2));
  const rows = [1, 8].map((head) => weights[0][head][2]);
  assertBoxes(boxesOf(figure(host)), rows, [CATEGORY10[1], CATEGORY10[8]], figure(host), "keys");
});

test("pointing at a token highlights it", async (t) => {
  const { host } = await showPair(t);
  hover(token(figure(host), "queries", 2));
  const highlighted = [...host.querySelectorAll(".bertviz-highlighted")];
  assert.deepEqual(highlighted, [token(figure(host), "queries", 2)]);
});

test("pointing at a key token shows the attention to it", async (t) => {
  const { host, weights } = await showPair(t);
  await leaveOn(host, 1, 8);
  hover(token(figure(host), "keys", 7));
  const begins = ALL.map((query) => onLine(figure(host), query, 7, 0.05));
  for (const [query, ink] of pixels(figure(host), begins).entries()) {
    assertInk(ink, ...strokes([1, 8], (head) => weights[0][head][query][7]));
  }
  const others = ALL.filter((key) => key !== 7);
  const ends = others.map((key) => onLine(figure(host), key, key, 1));
  assert.ok(!pixels(figure(host), ends).some(hasInk));
  const columns = [1, 8].map((head) => weights[0][head].map((row) => row[7]));
  const colors = [CATEGORY10[1], CATEGORY10[8]];
  assertBoxes(boxesOf(figure(host)), columns, colors, figure(host), "queries");
});

test("all lines are shown when the pointer leaves the column", async (t) => {
  const { host } = await showPair(t);
  const points = [
    [0, 0],
    [3, 9],
  ].flatMap(([query, key]) => [0.3, 0.7].map((at) => onLine(figure(host), query, key, at)));
  const before = pixels(figure(host), points);
  assert.ok(before.every(hasInk));
  hover(token(figure(host), "queries", 5));
  assert.notDeepEqual(pixels(figure(host), points), before);
  leave(document);
  assert.equal(host.querySelectorAll(".bertviz-boxes rect").length, 0);
  assert.equal(host.querySelectorAll(".bertviz-highlighted").length, 0);
  assert.deepEqual(pixels(figure(host), points), before);
});

test("scrolling a long text draws the rows that become visible", async (t) => {
  // A hundred words; each attends to itself.
  const layer = layerOfWeights(1, 100, (_, query, key) => Number(query === key));
  const { host } = await showView(t, "head", serveMade(t, madeTokens(100), [layer]));
  const across = figure(host);
  assert.ok(token(across, "queries", 0));
  assert.throws(() => token(across, "queries", 99));
  await scrollTo(across, 100_000);
  assert.equal(tokens(across, "queries").at(-1), token(across, "queries", 99));
  const inkOf = (...rows) =>
    pixels(
      across,
      rows.map((row) => onLine(across, row, row, 0.5)),
    );
  for (const ink of inkOf(99, 80)) assertInk(ink, [CATEGORY10[0], 1]);
  hover(token(across, "queries", 99));
  const [none, line] = inkOf(98, 99);
  assertInk(none);
  assertInk(line, [CATEGORY10[0], 1]);
});

test("another choice cancels the download of the previous choice", async (t) => {
  const { host } = await showPair(t);
  const answer = globalThis.fetch;
  /** @type {AbortSignal[]} */
  const unanswered = [];
  t.mock.method(globalThis, "fetch", (address, { signal }) => {
    if (!address.endsWith("/self-4.safetensors")) return answer(address);
    unanswered.push(signal);
    return new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  });
  pick(host, "Layer", "4");
  const [signal] = unanswered;
  const canceled = once(signal, "abort");
  pick(host, "Layer", "2");
  await canceled;
  assert.match(await drawn(host), /^All, layer 2,/);
  assert.equal(unanswered.length, 1);
});
