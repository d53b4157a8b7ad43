// Two compared runs in the head view: side by side with one highlight, and the differences of their weights.

import assert from "node:assert/strict";
import { once } from "node:events";
import test from "node:test";
import { changeText, weightText } from "../../assets/core/text/number_format.js";
import {
  assertBoxes,
  assertClose,
  assertInk,
  BLUE,
  boxesOf,
  hasInk,
  onLine,
  pixels,
} from "./ink.js";
import { layerOfWeights, madeLayer, madeTokens, serveMade } from "./made_trace.js";
import { weightsOfMade } from "./made_weights.js";
import { drawn, showView } from "./mounted_view.js";
import {
  byRole,
  click,
  figure,
  hover,
  labels,
  leave,
  pick,
  press,
  texts,
  token,
} from "./reader.js";
import { isVisible } from "./screen.js";

const ORANGE = "#ff6318";
/** The other text has a token before the others, no token 3, and one after the others. */
const SOURCE = [1, 2, 3, -1, 4, 5];
const ALIGNED = [...SOURCE.keys()].filter((position) => SOURCE[position] >= 0);

/** The weights of two runs of 2 heads, `[head][query][key]`. */
const LAYERS = [0, 1, 2, 3].map((number) => madeLayer(2, 6, number));
const OTHER_LAYERS = [4, 5, 6, 7].map((number) => madeLayer(2, 7, number));
const WEIGHTS = LAYERS.map(weightsOfMade);
const OTHER_WEIGHTS = OTHER_LAYERS.map(weightsOfMade);

/** Return a difference of weights; NaN where no tokens are aligned. */
function changeOf(layer, head, query, key) {
  const other = OTHER_WEIGHTS[layer][head][SOURCE[query]]?.[SOURCE[key]];
  return other === undefined ? Number.NaN : WEIGHTS[layer][head][query][key] - other;
}

/** Return the mean of numbers. */
const mean = (...numbers) => numbers.reduce((sum, each) => sum + each, 0) / numbers.length;

/**
 * Show two runs in the head view.
 * @param {import("node:test").TestContext} t
 * @param {string} link
 * @param {object} [compared] what is not another text
 */
async function showRuns(t, link, compared = {}) {
  const tokens = madeTokens(7).map((each) => ({
    ...each,
    text: each.text.replace("word", "term"),
  }));
  const other = { differs: ["text"], source: SOURCE, tokens, layers: OTHER_LAYERS, ...compared };
  const made = serveMade(t, madeTokens(6), LAYERS, [], null, null, { compared: other });
  return { ...(await showView(t, "head", { ...made, options: { link } })), ...made };
}

const figures = (host) => [...host.querySelectorAll(".bertviz-figure")].filter(isVisible);
const captions = (host) => texts([...host.querySelectorAll(".bertviz-run-name")].filter(isVisible));
const note = (host) => host.querySelector(".bertviz-run-note").textContent;
const title = (host) => host.querySelector(".bertviz-title").textContent;
const highlighted = (root) =>
  [...root.querySelectorAll(".bertviz-highlighted")].map(
    (each) => `${each.closest(".bertviz-queries") ? "query" : "key"} ${each.dataset.position}`,
  );
const muted = (root, side) =>
  texts(root.querySelectorAll(`.bertviz-${side} .bertviz-unaligned text`));

/** Return the visible tables of weights of the inspector: the title, the note, and the cells. */
function tables(host) {
  return [...host.querySelectorAll(".bertviz-weight-tables .bertviz-ranking")]
    .filter((section) => isVisible(section))
    .map((section) => ({
      title: section.querySelector("h3").textContent,
      note: section.querySelector("p").textContent,
      columns: texts(section.querySelectorAll("thead th")),
      rows: [...section.querySelectorAll("tbody tr")].map((row) => texts(row.children)),
    }));
}

test("a line of a difference is blue or orange, as opaque as its share of the heads", async (t) => {
  // In this run, head 0 attends to itself; in the other run, to the other token. Head 1 does not change.
  const own = layerOfWeights(2, 2, (head, query, key) => (head ? 0.5 : Number(query === key)));
  const other = layerOfWeights(2, 2, (head, query, key) => (head ? 0.5 : Number(query !== key)));
  const compared = { differs: ["text"], source: [0, 1], tokens: madeTokens(2), layers: [other] };
  const made = serveMade(t, madeTokens(2), [own], [], null, null, { compared });
  const options = { link: "comparison=difference" };
  const { host } = await showView(t, "head", { ...made, options });
  assert.equal(await drawn(host), "All, layer 0, heads 0 1, difference");
  const across = figure(host);
  const [itself, lost] = pixels(across, [onLine(across, 0, 0, 0.75), onLine(across, 0, 1, 0.25)]);
  assertInk(itself, [BLUE, 0.5]);
  assertInk(lost, [ORANGE, 0.5]);
  click(host.querySelectorAll(".bertviz-square")[0]);
  assert.equal(await drawn(host), "All, layer 0, heads 1, difference");
  assert.ok(!pixels(across, [onLine(across, 0, 0, 0.75)]).some(hasInk));
});

test("the numbers and boxes beside a highlighted token are changes", async (t) => {
  const { host } = await showRuns(t, "comparison=difference");
  hover(token(figure(host), "queries", 1));
  const keys = [...SOURCE.keys()];
  const changes = [0, 1].map((head) => keys.map((key) => changeOf(0, head, 1, key)));
  const shown = texts(figure(host).querySelectorAll(".bertviz-numbers text"));
  assert.deepEqual(
    shown,
    keys.map((key) => changeText(mean(changes[0][key], changes[1][key]))),
  );
  assert.equal(shown[3], "");
  const boxes = boxesOf(figure(host));
  const colors = changes.map((row) => row.map((change) => (change < 0 ? ORANGE : BLUE)));
  assert.deepEqual(
    boxes.map(({ color }) => color),
    colors.flat(),
  );
  const opacities = changes.map((row) => row.map((change) => Math.abs(change) || 0));
  const same = boxes.map((box) => ({ ...box, color: BLUE }));
  assertBoxes(same, opacities, [BLUE, BLUE], figure(host), "keys");
});

test("in a difference the inspector has the weights of both runs, by the size of the change", async (t) => {
  const { host } = await showRuns(t, "comparison=difference&pinned=query,1");
  const [attends, attended] = tables(host);
  assert.equal(attends.title, "word1 attends to");
  assert.match(attends.note, /^Compared with “term0 term1 term2 term3 term4 term5 te…”\./);
  assert.deepEqual(attends.columns, ["Token", "Position", "Weight", "Other", "Change"]);
  const expected = ALIGNED.map((key) => ({
    key,
    own: mean(...WEIGHTS[0].map((head) => head[1][key])),
    change: mean(...[0, 1].map((head) => changeOf(0, head, 1, key))),
  })).sort((one, other) => Math.abs(other.change) - Math.abs(one.change));
  assert.deepEqual(
    attends.rows,
    expected.map(({ key, own, change }) => [
      `word${key}`,
      String(key),
      weightText(own),
      weightText(own - change),
      changeText(change),
    ]),
  );
  assert.equal(attended.title, "word1 is attended to by");
  assert.equal(attended.rows.length, ALIGNED.length);
});

test("Copy as text copies the weights of both runs", async (t) => {
  const copied = [];
  const clipboard = { writeText: async (text) => copied.push(text) };
  Object.defineProperty(window.navigator, "clipboard", { value: clipboard, configurable: true });
  t.after(() => delete window.navigator.clipboard);
  const { host } = await showRuns(t, "comparison=difference&heads=1&pinned=key,2");
  click(byRole(host, "button", "Copy as text"));
  const [attended, attends] = copied[0].split("\n\n").map((each) => each.trim().split("\n"));
  assert.match(attended[0], /^word2 is attended to by \(compared with “term0 .*”\)$/);
  assert.match(attends[0], /^word2 attends to \(/);
  assert.equal(attended[1], "token\tposition\tweight\tother\tchange");
  assert.equal(attended.length, 2 + ALIGNED.length);
  for (const line of attended.slice(2)) {
    const [name, position, ...numbers] = line.split("\t");
    assert.equal(name, `word${position}`);
    const [weight, other, change] = numbers.map(Number);
    assertClose(weight, WEIGHTS[0][1][position][2], 1e-5);
    assertClose(other, OTHER_WEIGHTS[0][1][SOURCE[position]][3], 1e-5);
    assertClose(change, changeOf(0, 1, position, 2), 1e-5);
  }
});

test("a token without an aligned one has no change, and the inspector says so", async (t) => {
  const { host } = await showRuns(t, "comparison=difference&pinned=query,3");
  const [{ rows, note: sentence }] = tables(host);
  assert.deepEqual(rows, []);
  assert.match(sentence, /^No token of “term0 .*” is aligned with word3\.$/);
  assert.deepEqual(
    new Set(texts(figure(host).querySelectorAll(".bertviz-numbers text"))),
    new Set([""]),
  );
});

test("without a highlight the inspector lists the rows that change most", async (t) => {
  const { host } = await showRuns(t, "comparison=difference&heads=0");
  leave(document);
  const shown = () =>
    tables(host).find((table) => table.title === "Rows that change most of head 0");
  while (!shown()) await new Promise(setImmediate);
  const [[query, position, key, change]] = shown().rows;
  assert.equal(query, `word${position}`);
  const all = ALIGNED.flatMap((from) => ALIGNED.map((to) => changeOf(0, 0, from, to)));
  const largest = all.reduce((best, each) => (Math.abs(each) > Math.abs(best) ? each : best));
  assert.equal(change, changeText(largest));
  assert.equal(change, changeText(changeOf(0, 0, Number(position), Number(key.slice(4)))));
});

test("the legend and the squares do not have the colors of heads in a difference", async (t) => {
  const { host } = await showRuns(t, "comparison=difference");
  assert.equal(
    host.querySelector(".bertviz-legend").textContent,
    "opacity = |change| ÷ 2 heads: −1+1",
  );
  const colors = [...host.querySelectorAll(".bertviz-square")].map(
    (each) => each.style.backgroundColor,
  );
  assert.equal(new Set(colors).size, 1);
  assert.match(title(host), /, difference from “term0 term1 .*” · /);
  assert.match(figure(host).getAttribute("aria-label"), /^Difference /);
});

test("another text is shown beside this run, each with its own tokens", async (t) => {
  const { host } = await showRuns(t, "");
  assert.equal(await drawn(host), "All, layer 0, heads 0 1, both");
  const [own, other] = figures(host);
  assert.deepEqual(
    labels(own, "queries"),
    [0, 1, 2, 3, 4, 5].map((at) => `word${at}`),
  );
  assert.equal(labels(other, "keys").length, 7);
  assert.equal(labels(other, "keys")[0], "term0");
  const [first, second] = captions(host);
  assert.equal(first, "This run");
  assert.match(second, /^“term0 term1 .*”$/);
  assert.match(title(host), /, beside “term0 term1 .*” · /);
  for (const side of ["queries", "keys"]) {
    assert.deepEqual(muted(own, side), ["word3"]);
    assert.deepEqual(muted(other, side), ["term0", "term6"]);
  }
});

test("pointing at a token highlights the aligned token of the other figure", async (t) => {
  const { host } = await showRuns(t, "");
  const [own, other] = figures(host);
  hover(token(own, "queries", 2));
  assert.deepEqual([highlighted(own), highlighted(other)], [["query 2"], ["query 3"]]);
  hover(token(own, "keys", 3));
  assert.deepEqual([highlighted(own), highlighted(other)], [["key 3"], []]);
  hover(token(other, "keys", 4));
  assert.deepEqual([highlighted(own), highlighted(other)], [["key 4"], ["key 4"]]);
  hover(token(other, "queries", 0));
  assert.deepEqual([highlighted(own), highlighted(other)], [[], ["query 0"]]);
  leave(document);
  assert.deepEqual([highlighted(own), highlighted(other)], [[], []]);
});

test("a token is pinned in both figures, whichever the reader clicks", async (t) => {
  const { host } = await showRuns(t, "");
  const [own, other] = figures(host);
  const pinned = () =>
    [own, other].map((each) =>
      [...each.querySelectorAll(".bertviz-pinned")].map(({ dataset }) => dataset.position),
    );
  click(token(own, "queries", 1));
  await drawn(host);
  assert.deepEqual(pinned(), [["1"], ["2"]]);
  assert.equal(tables(host)[0].title, "word1 attends to");
  click(token(other, "queries", 4));
  await drawn(host);
  assert.deepEqual(pinned(), [["4"], ["4"]]);
  assert.equal(tables(host)[0].title, "word4 attends to");
  click(token(other, "keys", 0));
  await drawn(host);
  assert.deepEqual(pinned(), [["4"], ["4"]]);
  click(token(own, "queries", 3));
  await drawn(host);
  assert.deepEqual(pinned(), [["3"], []]);
  token(other, "queries", 5).focus();
  press(document, "Escape");
  await drawn(host);
  assert.deepEqual(pinned(), [[], []]);
});

test("both figures show weights of the same layer and heads, with the same colors", async (t) => {
  const { host } = await showRuns(t, "heads=1");
  pick(host, "Layer", "1");
  assert.equal(await drawn(host), "All, layer 1, heads 1, both");
  const [own, other] = figures(host);
  hover(token(own, "queries", 0));
  const orange = "#ff7f0e";
  assertBoxes(boxesOf(own), [WEIGHTS[1][1][0]], [orange], own, "keys");
  assertBoxes(boxesOf(other), [OTHER_WEIGHTS[1][1][1]], [orange], other, "keys");
});

test("a filter hides the same tokens of both runs", async (t) => {
  const { host } = await showRuns(t, "heads=0&filter=2,renormalize");
  const [own, other] = figures(host);
  hover(token(own, "queries", 0));
  const numbersOf = (root) => texts(root.querySelectorAll(".bertviz-numbers text"));
  assert.equal(numbersOf(own)[2], "0.000");
  assert.equal(numbersOf(other)[3], "0.000");
  const row = OTHER_WEIGHTS[0][0][1];
  assert.equal(numbersOf(other)[5], weightText(row[5] / (1 - row[3])));
});

test("what the other model does not have is said, and not drawn", async (t) => {
  const tokens = madeTokens(6);
  const model = {
    differs: ["model"],
    modelId: "org/tuned",
    source: [0, 1, 2, 3, 4, -1],
    tokens,
    layers: [madeLayer(1, 6, 8)],
  };
  const { host } = await showRuns(t, "", model);
  const unaligned = () =>
    figures(host).flatMap((each) => [...each.querySelectorAll(".bertviz-unaligned")]).length;
  assert.equal(note(host), "org/tuned has no head 1.");
  assert.equal(unaligned(), 4);
  assert.deepEqual(captions(host), ["This run", "org/tuned"]);
  pick(host, "Layer", "1");
  assert.equal(await drawn(host), "All, layer 1, heads 0 1, both");
  assert.equal(note(host), "org/tuned has no layer 1.");
  assert.equal(figures(host).length, 1);
  assert.equal(unaligned(), 0);
  assert.deepEqual(captions(host), []);
  pick(host, "Layer", "0");
  await drawn(host);
  assert.equal(figures(host).length, 2);
});

test("a difference from a model without a layer has no lines", async (t) => {
  const model = { differs: ["model"], modelId: "org/tuned", layers: OTHER_LAYERS.slice(0, 1) };
  const { host } = await showRuns(t, "comparison=difference&layer=1", model);
  assert.equal(note(host), "org/tuned has no layer 1.");
  const everywhere = [0, 1, 2].map((query) => onLine(figure(host), query, query, 0.5));
  assert.ok(!pixels(figure(host), everywhere).some(hasInk));
  assert.deepEqual(texts(host.querySelectorAll(".bertviz-readout span")), [
    "org/tuned has no layer 1.",
  ]);
});

test("a run that is shown alone requests no file of the other run", async (t) => {
  const { host, requests } = await showRuns(t, "comparison=alone");
  assert.equal(await drawn(host), "All, layer 0, heads 0 1");
  assert.equal(figures(host).length, 1);
  assert.ok(!requests.some((name) => name.startsWith("other-")));
});

test("another choice cancels the download of the other run's layer", async (t) => {
  const { host } = await showRuns(t, "");
  const answer = globalThis.fetch;
  /** @type {AbortSignal[]} */
  const unanswered = [];
  t.mock.method(globalThis, "fetch", (address, { signal }) => {
    if (!address.endsWith("/other-self-3.safetensors")) return answer(address);
    unanswered.push(signal);
    return new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  });
  pick(host, "Layer", "3");
  const canceled = once(unanswered[0], "abort");
  pick(host, "Layer", "0");
  await canceled;
  assert.equal(await drawn(host), "All, layer 0, heads 0 1, both");
});

test("the zoom buttons and the search change both figures", async (t) => {
  const layers = [madeLayer(1, 200, 1)];
  const tokens = madeTokens(180);
  const source = [...Array(200).keys()].map((position) => (position < 20 ? -1 : position - 20));
  const compared = { differs: ["text"], source, tokens, layers: [madeLayer(1, 180, 2)] };
  const made = serveMade(t, madeTokens(200), layers, [], null, null, { compared });
  const { host } = await showView(t, "head", made);
  const counts = () => figures(host).map((each) => labels(each, "queries").length);
  click(byRole(host, "button", "Show all tokens at once"));
  for (const each of figures(host)) {
    assert.ok(each.querySelector(".bertviz-pooled"));
    assert.equal(each.scrollTop, 0);
  }
  const whole = counts();
  click(token(figures(host)[1], "queries", 10));
  assert.ok(figures(host).every((each) => !each.querySelector(".bertviz-pooled")));
  assert.notDeepEqual(counts(), whole);
  const [own, other] = figures(host).map(({ scrollTop }) => scrollTop);
  assertClose(own - other, 20 * 22.5, 22.5);
});

test("words are highlighted together, and a word without an aligned one alone", async (t) => {
  // The words of this run are "a", "bc" and "d"; those of the other run are "a", "b" and "cd".
  const spelled = (...starts) =>
    madeTokens(4).map((each, at) => ({
      ...each,
      text: "abcd"[at],
      start: starts[at],
      end: starts[at] + 1,
    }));
  const layers = [madeLayer(1, 4, 1)];
  const compared = {
    differs: ["text"],
    source: [0, 1, 2, 3],
    tokens: spelled(0, 2, 4, 5),
    layers: [madeLayer(1, 4, 2)],
  };
  const made = serveMade(t, spelled(0, 2, 3, 5), layers, [], null, null, { compared });
  const { host } = await showView(t, "head", { ...made, options: { link: "filter=words" } });
  const [own, other] = figures(host);
  assert.deepEqual(labels(own, "queries"), ["a", "bc", "d"]);
  assert.deepEqual(labels(other, "queries"), ["a", "b", "cd"]);
  assert.deepEqual([muted(own, "queries"), muted(other, "queries")], [["d"], ["cd"]]);
  click(token(other, "queries", 1));
  await drawn(host);
  assert.deepEqual([highlighted(own), highlighted(other)], [["query 1"], ["query 1"]]);
  assert.equal(tables(host)[0].title, "bc attends to");
  hover(token(own, "queries", 2));
  click(token(own, "queries", 2));
  await drawn(host);
  assert.deepEqual([highlighted(own), highlighted(other)], [["query 2"], []]);
});

test("the mean of a difference is that of the means", async (t) => {
  const { host } = await showRuns(t, "comparison=difference&mean=1&pinned=query,2");
  assert.equal(await drawn(host), "All, layer 0, mean of heads 0 1, difference");
  const change = mean(changeOf(0, 0, 2, 4), changeOf(0, 1, 2, 4));
  const box = boxesOf(figure(host))[4];
  assert.equal(box.color, change < 0 ? ORANGE : BLUE);
  assertClose(box.opacity, Math.abs(change), 1e-5);
  assert.match(host.querySelector(".bertviz-legend").textContent, /of the mean of 2 heads/);
});

test("a run is named beside its picture for screen readers", async (t) => {
  const unchanged = {
    differs: ["interventions"],
    source: [0, 1, 2, 3, 4, 5],
    tokens: madeTokens(6),
  };
  const layers = [madeLayer(2, 6, 9)];
  const { host } = await showRuns(t, "comparison=both", { ...unchanged, layers });
  const names = figures(host).map((each) => each.getAttribute("aria-label"));
  assert.deepEqual(names, [
    "Attention of this run from queries to keys",
    "Attention of the run without interventions from queries to keys",
  ]);
  assert.deepEqual(captions(host), ["This run", "Run without interventions"]);
});
