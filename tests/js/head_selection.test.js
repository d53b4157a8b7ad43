// The buttons beside the squares of the head view: All, None, One and Mean; and distinct colors.

import assert from "node:assert/strict";
import test from "node:test";
import { linkParameters } from "../../assets/core/state/link.js";
import { NOTHING_CHOSEN } from "../../assets/core/state/selection.js";
import { lighten, NEUTRAL } from "../../assets/drawing/color.js";
import { assertBoxes, assertInk, boxesOf, CATEGORY10, hasInk, onLine, pixels, rgb } from "./ink.js";
import { servePair } from "./made_trace.js";
import { drawn, showView } from "./mounted_view.js";
import {
  byRole,
  choices,
  click,
  doubleClick,
  figure,
  hover,
  pick,
  picker,
  press,
  readout,
  token,
} from "./reader.js";

const ALL = [...Array(12).keys()];
const NO_HEAD = "No head is on. Click a square to see the lines of its head.";

/** Show the pair in the head view, with 12 heads and 15 tokens. */
async function showPair(t, selection = {}) {
  const pair = servePair(t);
  const link = new URLSearchParams(linkParameters({ ...NOTHING_CHOSEN, ...selection })).toString();
  const { host } = await showView(t, "head", { ...pair, options: { link } });
  return { host, ...pair };
}

const squares = (host) => [...host.querySelectorAll(".bertviz-square")];
const colorsOf = (host) => squares(host).map(({ style }) => rgb(style.backgroundColor));
const legend = (host) => host.querySelector(".bertviz-legend").textContent;
const isPressed = (host) => byRole(host, "button", "Mean").getAttribute("aria-pressed") === "true";

/** Click a button, and return what the view then reports. */
async function choose(host, button) {
  click(byRole(host, "button", button));
  return drawn(host);
}

/** The mean weights of a query over heads. */
const meanOf = (weights, heads, query) =>
  weights[0][0][query].map(
    (_, key) => heads.reduce((sum, head) => sum + weights[0][head][query][key], 0) / heads.length,
  );

/** Whether any line is drawn at its begin. */
const hasLines = (host) =>
  pixels(
    figure(host),
    [...Array(15).keys()].map((row) => onLine(figure(host), row, row, 0)),
  ).some(hasInk);

test("None switches all heads off, and a click on a square then switches only that head on", async (t) => {
  const { host } = await showPair(t);
  assert.ok(hasLines(host));
  assert.equal(await choose(host, "None"), "All, layer 0, no heads");
  assert.ok(!hasLines(host));
  assert.ok(squares(host).every((each) => each.getAttribute("aria-pressed") === "false"));
  assert.deepEqual(
    colorsOf(host),
    ALL.map((head) => rgb(lighten(CATEGORY10[head % 10]))),
  );
  click(squares(host)[7]);
  assert.equal(await drawn(host), "All, layer 0, heads 7");
});

test("while no head is on, pointing at a token shows no weights", async (t) => {
  const { host } = await showPair(t);
  await choose(host, "None");
  assert.deepEqual(readout(host), [NO_HEAD]);
  hover(token(figure(host), "queries", 2));
  assert.deepEqual(readout(host), [NO_HEAD]);
  assert.deepEqual(boxesOf(figure(host)), []);
  click(token(figure(host), "queries", 2));
  assert.equal(await drawn(host), "All, layer 0, no heads");
  assert.equal(await choose(host, "All"), `All, layer 0, heads ${ALL.join(" ")}`);
  assert.equal(readout(host)[0], "word2"); // it is pinned
});

test("a double click while no head is on leaves the head on", async (t) => {
  const { host } = await showPair(t);
  await choose(host, "None");
  doubleClick(squares(host)[4]);
  assert.equal(await drawn(host), "All, layer 0, heads 4");
  doubleClick(squares(host)[4]);
  assert.equal(await drawn(host), `All, layer 0, heads ${ALL.join(" ")}`);
});

test("All switches all heads on", async (t) => {
  const { host } = await showPair(t, { heads: [2, 5], head: 5 });
  assert.equal(await choose(host, "All"), `All, layer 0, heads ${ALL.join(" ")}`);
});

test("One leaves on the head that was picked last", async (t) => {
  const { host } = await showPair(t);
  click(squares(host)[6]);
  click(squares(host)[6]);
  await drawn(host);
  assert.equal(byRole(host, "button", "One").title, "Leave only head 6 on");
  assert.equal(await choose(host, "One"), "All, layer 0, heads 6");
  await choose(host, "All");
  await choose(host, "None");
  assert.equal(await choose(host, "One"), "All, layer 0, heads 6");
});

test("Mean shows one neutral line, as opaque as the mean weight over the active heads", async (t) => {
  const { host, weights } = await showPair(t, { heads: [1, 8, 10], head: 1 });
  assert.equal(await choose(host, "Mean"), "All, layer 0, mean of heads 1 8 10");
  assert.ok(isPressed(host));
  hover(token(figure(host), "queries", 2));
  const mean = meanOf(weights, [1, 8, 10], 2);
  const ends = mean.map((_, key) => onLine(figure(host), 2, key, 0.95));
  for (const [key, ink] of pixels(figure(host), ends).entries()) {
    assertInk(ink, ...(mean[key] >= 0.5 / 255 ? [[NEUTRAL, mean[key]]] : []));
  }
  assertBoxes(boxesOf(figure(host)), [mean], [NEUTRAL], figure(host), "keys");
});

test("with Mean, a click on a square changes which heads are averaged", async (t) => {
  const { host, weights } = await showPair(t, { heads: [1, 8], head: 1, mean: true });
  assert.ok(isPressed(host));
  click(squares(host)[3]);
  assert.equal(await drawn(host), "All, layer 0, mean of heads 1 3 8");
  hover(token(figure(host), "keys", 4));
  const means = weights[0][0].map((_, query) => meanOf(weights, [1, 3, 8], query)[4]);
  assertBoxes(boxesOf(figure(host)), [means], [NEUTRAL], figure(host), "queries");
  const [on, off] = [rgb(NEUTRAL), rgb(lighten(NEUTRAL))];
  const expected = ALL.map((head) => ([1, 3, 8].includes(head) ? on : off));
  assert.deepEqual(colorsOf(host), expected);
});

test("Mean again shows each head, without a change of the heads", async (t) => {
  const { host } = await showPair(t, { heads: [1, 8], head: 1, mean: true });
  assert.equal(await choose(host, "Mean"), "All, layer 0, heads 1 8");
  assert.ok(!isPressed(host));
});

test("Mean of no head draws nothing", async (t) => {
  const { host } = await showPair(t, { mean: true });
  assert.equal(await choose(host, "None"), "All, layer 0, mean of no heads");
  assert.ok(!hasLines(host));
  assert.deepEqual(readout(host), [NO_HEAD]);
});

test("the legend says what the opacity of a line is", async (t) => {
  const { host } = await showPair(t, { heads: [1, 8], head: 1 });
  assert.equal(legend(host), "opacity = weight ÷ 2 heads: 01");
  await choose(host, "Mean");
  assert.equal(legend(host), "opacity = mean weight of 2 heads: 01");
  await choose(host, "One");
  assert.equal(legend(host), "weight: 01");
  hover(token(figure(host), "queries", 2));
  assert.ok(!readout(host).some((phrase) => phrase.startsWith("mean of")));
});

test("the arrow keys move between the buttons, which are one stop of the Tab key", async (t) => {
  const { host } = await showPair(t);
  const toolbar = byRole(host, "toolbar", "All heads at once");
  assert.equal(toolbar.querySelectorAll('[tabindex="0"]').length, 1);
  byRole(host, "button", "All").focus();
  for (let moved = 0; moved < 3; moved++) press(document, "ArrowRight");
  assert.equal(document.activeElement, byRole(host, "button", "Mean"));
  press(document, "Enter");
  assert.match(await drawn(host), /, mean of heads /);
  assert.equal(document.activeElement, byRole(host, "button", "Mean"));
  assert.equal(toolbar.querySelectorAll('[tabindex="0"]').length, 1);
});

test("distinct colors are those of the active heads, in their order", async (t) => {
  const { host, weights } = await showPair(t, { heads: [0, 10], head: 0 });
  const gray = rgb(lighten(NEUTRAL));
  pick(host, "Colors", "Distinct (up to 10 heads)");
  await drawn(host);
  const [blue, orange] = CATEGORY10;
  const colors = colorsOf(host);
  assert.deepEqual([colors[0], colors[10], colors[5]], [rgb(blue), rgb(orange), gray]);
  hover(token(figure(host), "queries", 2));
  const rows = [0, 10].map((head) => weights[0][head][2]);
  assertBoxes(boxesOf(figure(host)), rows, [blue, orange], figure(host), "keys");
});

test("more than ten heads have the colors of their numbers", async (t) => {
  const { host } = await showPair(t, { palette: "distinct" });
  assert.deepEqual(
    colorsOf(host),
    ALL.map((head) => rgb(CATEGORY10[head % 10])),
  );
});

test("the model view, whose colors are those of layers, offers no distinct colors", async (t) => {
  const pair = servePair(t);
  const { host } = await showView(t, "model", { ...pair, options: { link: "palette=distinct" } });
  assert.deepEqual(choices(host, "Colors"), ["Standard", "Color-blind safe"]);
  assert.equal(picker(host, "Colors").selectedOptions[0].text, "Standard");
});

test("while no head is on, saving numbers shows why there are none", async (t) => {
  const { host } = await showPair(t, { heads: [] });
  const message = host.querySelector(".bertviz-message");
  const shown = new Promise((resolve) => {
    new window.MutationObserver(resolve).observe(message, { childList: true });
  });
  host.querySelector(".bertviz-saving details").open = true;
  click(byRole(host, "button", "Weights as CSV"));
  await shown;
  assert.match(message.textContent, /^No head is on, so there are no numbers to save\./);
});
