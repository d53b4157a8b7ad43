// The expanded neuron view shows the whole formula, with the numbers of plain loops.

import assert from "node:assert/strict";
import test from "node:test";
import { openTrace } from "../../assets/core/data/open_trace.js";
import { assertVector, bandWidth, cells, middleOf, VECTORS } from "./computation.js";
import { assertClose, pixels, tokenBoxes } from "./ink.js";
import { madeLayer, madeTokens, serveMade } from "./made_trace.js";
import { weightsOfMade } from "./made_weights.js";
import { drawn, GOLDEN_URL, scrollTo, showView } from "./mounted_view.js";
import { goldenWeights, keyOf, plainTerms } from "./plain_formula.js";
import {
  byRole,
  click,
  figure,
  hover,
  labels,
  leave,
  numbers,
  pick,
  texts,
  token,
} from "./reader.js";

const HEAD = 1;
const MODEL_QUERIES = [0, 3, 5];

/**
 * The layers of the golden trace: the label of the attention, the layer, the formula, the headings of the
 * numbers.
 * @type {[string, number, string, string[]][]}
 */
const LAYERS = [
  [
    "Encoder",
    0,
    "softmax(0.5 q·k + bias by pair) over the keys that the mask allows",
    ["scaled", "+ bias", "= score", "weight"],
  ],
  [
    "Encoder",
    2,
    "softmax(0.25 q·k + bias by pair) over the keys that the mask allows, and a sink",
    ["scaled", "+ bias", "= score", "weight"],
  ],
  [
    "Encoder",
    3,
    "softmax(0.5 q·k + bias by key) over the keys at most 2 positions away",
    ["scaled", "+ bias", "= score", "weight"],
  ],
  [
    "Decoder",
    0,
    "softmax(q·k + bias by distance) over this and earlier tokens",
    ["q · k", "+ bias", "= score", "weight"],
  ],
  [
    "Decoder",
    1,
    "softmax(1.5 tanh(0.75 q·k / 1.5)) over this and earlier tokens, and a sink",
    ["scaled", "score", "weight"],
  ],
  ["Decoder", 2, "softmax(0.5 q·k) over this token and the 1 before it", ["score", "weight"]],
  [
    "Decoder",
    3,
    "softmax(0.5 q·k) over this and earlier tokens that the mask allows",
    ["score", "weight"],
  ],
  ["Cross", 0, "softmax(0.5 q·k) over all keys", ["score", "weight"]],
  [
    "Cross",
    1,
    "softmax(2 tanh(0.5 q·k / 2) + bias by distance) over all keys",
    ["scaled", "capped", "+ bias", "= score", "weight"],
  ],
];

/** Expand the neuron view of a golden layer, with no token highlighted. */
async function showGolden(t, label, number, head = HEAD) {
  const choices = { block: label, layer: number, head, expanded: 1 };
  const link = new URLSearchParams(choices).toString();
  const { host } = await showView(t, "neuron", { options: { link } });
  assert.equal(await drawn(host), `${label}, layer ${number}, head ${head}, expanded`);
  const trace = await openTrace(GOLDEN_URL);
  return { host, layer: await trace.layer(label.toLowerCase(), number) };
}

/** Expand the neuron view of a made layer. */
async function showMade(t, layer, numTokens = 12) {
  const { host } = await showView(t, "neuron", serveMade(t, madeTokens(numTokens), [layer]));
  click(byRole(host, "button", "Show query and key vectors"));
  assert.equal(await drawn(host), "All, layer 0, head 0, expanded");
  leave(document);
  return host;
}

const pointAt = (host, query) => hover(token(figure(host), "queries", query));
const group = (host, name) => host.querySelector(`.bertviz-computation .bertviz-${name}`);
const entries = (host, name) => [...group(host, name).querySelectorAll("text")];
const middleOfRow = ({ y, height }) => y + height / 2;

function assertAllClose(actual, expected, tolerance) {
  assert.equal(actual.length, expected.length);
  for (const [at, number] of actual.entries()) assertClose(number, expected[at], tolerance);
}

// The formula, and the terms of each score.

for (const [label, number, formula, headings] of LAYERS) {
  const name = `${label.toLowerCase()} layer ${number}`;

  test(`${name} shows its formula and its headings`, async (t) => {
    const { host } = await showGolden(t, label, number);
    assert.equal(group(host, "equation").textContent, `weight = ${formula}`);
    assert.deepEqual(texts(host.querySelectorAll(".bertviz-small-heading")), headings);
  });

  test(`${name} shows every term of a query's scores when pointed at`, async (t) => {
    const { host, layer } = await showGolden(t, label, number);
    assert.deepEqual(entries(host, "terms"), []);
    for (let query = 0; query < layer.num_queries; query++) {
      pointAt(host, query);
      const terms = plainTerms(layer, HEAD, query).filter((key) => key !== null);
      const expected = terms.flatMap(({ scaled, capped, bias, score }) => [
        ...(headings.length > 2 ? [scaled] : []),
        ...(headings.includes("capped") ? [capped] : []),
        ...(headings.includes("+ bias") ? [bias] : []),
        score,
      ]);
      assertAllClose(numbers(group(host, "terms")), expected, 5.1e-4);
      const weights = goldenWeights(label.toLowerCase(), number)[HEAD][query];
      assertAllClose(numbers(group(host, "numbers")), weights, 5.1e-4);
    }
    leave(document);
    assert.deepEqual(entries(host, "terms"), []);
  });

  test(`${name} shows why a key is masked instead of numbers`, async (t) => {
    const { host, layer } = await showGolden(t, label, number);
    for (let query = 0; query < layer.num_queries; query++) {
      pointAt(host, query);
      const terms = plainTerms(layer, HEAD, query);
      const masked = [...terms.keys()].filter((key) => terms[key] === null);
      const { before, after } = layer.reach ?? { before: null, after: null };
      const reasons = masked.map((key) => {
        if (after === 0 && key > query) return "masked (later token)";
        const isBefore = before !== null && key < query - before;
        const isAfter = after !== null && key > query + after;
        return isBefore || isAfter ? `outside the window of ${before + 1 + after}` : "masked";
      });
      assert.deepEqual(texts(entries(host, "reasons")), reasons);
      // "0" without decimals: exactly zero, not a small number.
      const zeros = texts(entries(host, "numbers")).map((text) => text === "0");
      assert.deepEqual(
        zeros,
        terms.map((key) => key === null),
      );
      const keys = host.querySelectorAll(".bertviz-computation .bertviz-keys .bertviz-masked");
      assert.equal(keys.length, masked.length);
    }
  });
}

test("the numbers of a key are in its row below their headings", async (t) => {
  const { host } = await showGolden(t, "Cross", 1);
  pointAt(host, 3);
  const small = [...host.querySelectorAll(".bertviz-small-heading")];
  const rows = tokenBoxes(figure(host), "keys").map(middleOfRow);
  for (const [index, entry] of entries(host, "terms").entries()) {
    const [row, column] = [Math.floor(index / 4), index % 4];
    assert.equal(entry.getAttribute("x"), small[column].getAttribute("x"));
    assert.equal(Number(entry.getAttribute("y")), rows[row]);
    const anchors = [entry, small[column]].map((each) => each.getAttribute("text-anchor"));
    assert.deepEqual(anchors, ["end", "end"]);
  }
});

test("scrolling a long text shows the numbers of the visible rows", async (t) => {
  const [count, made] = [80, madeLayer(1, 80, 0)];
  const host = await showMade(t, made, count);
  click(token(figure(host), "queries", 2)); // pinned, so that it stays highlighted
  await drawn(host);
  const expected = weightsOfMade(made)[0][2];
  const top = numbers(group(host, "numbers"));
  assert.ok(top.length < count);
  assertAllClose(top, expected.slice(0, top.length), 5.1e-4);
  await scrollTo(figure(host), 100_000);
  const end = numbers(group(host, "numbers"));
  assert.ok(end.length < count);
  assertAllClose(end, expected.slice(-end.length), 5.1e-4);
});

test("keys outside the window are hatched", async (t) => {
  for (const [label, number, query] of [
    ["Decoder", 2, 3],
    ["Encoder", 3, 3],
  ]) {
    const { host, layer } = await showGolden(t, label, number);
    pointAt(host, query);
    // Beside the dot products, where nothing else is drawn.
    const x = middleOf(figure(host), "q · k") + 14;
    for (const [key, { y }] of tokenBoxes(figure(host), "keys").entries()) {
      const row = Array.from({ length: 8 }, (_, step) => [x + step, y + 4.5]);
      const isInked = pixels(figure(host), row).some(([, , , alpha]) => alpha > 0);
      const { before, after } = layer.reach;
      const isLater = after === 0 && key > query;
      const isOutside = !isLater && (key < query - before || key > query + after);
      assert.equal(isInked, isOutside, `${label} key ${key}`);
    }
  }
});

test("a sink has its own row below the keys", async (t) => {
  for (const [label, number] of [
    ["Encoder", 2],
    ["Decoder", 1],
  ]) {
    const { host, layer } = await showGolden(t, label, number);
    const weights = goldenWeights(label.toLowerCase(), number)[HEAD];
    for (const query of [0, 4]) {
      pointAt(host, query);
      assert.deepEqual(texts(entries(host, "sink-name")), ["sink"]);
      assertAllClose(numbers(group(host, "sink-score")), [layer.sink[HEAD]], 5.1e-4);
      const rest = 1 - weights[query].reduce((sum, weight) => sum + weight);
      assertAllClose(numbers(group(host, "sink-weight")), [rest], 5.1e-4);
      const last = tokenBoxes(figure(host), "keys").at(-1);
      const [name] = entries(host, "sink-name");
      assert.ok(Number(name.getAttribute("y")) > last.y + last.height);
    }
  }
});

// The check.

/** Return a layer and the weights that its model reported for some queries. */
function checked(queries, offBy = 0) {
  const made = madeLayer(1, 12, 0);
  const weights = weightsOfMade(made).map((head) =>
    queries.map((query) => head[query].map((weight) => weight + offBy)),
  );
  return { ...made, model: { queries, weights } };
}

test("the page checks its weights against the model's weights for some queries", async (t) => {
  const host = await showMade(t, checked(MODEL_QUERIES));
  const check = group(host, "check");
  assert.equal(check.dataset.outcome, "agrees");
  const [, difference] = check.textContent.match(
    /^Matches the model's own attention \(max\. difference (.+) over 3 of 12 queries\)$/,
  );
  assert.ok(Number(difference) < 1e-5);
  pointAt(host, 3);
  assert.match(check.title, /^This query: max\. difference [\d.e-]+\.$/);
  pointAt(host, 4);
  assert.equal(check.title, "This query was not compared.");
});

test("the page checks its weights against the model's weights for all queries", async (t) => {
  const host = await showMade(t, checked([...Array(12).keys()]));
  assert.equal(group(host, "check").dataset.outcome, "agrees");
  assert.match(group(host, "check").textContent, / over all 12 queries\)$/);
});

test("a failed check is shown with the largest difference", async (t) => {
  const host = await showMade(t, checked(MODEL_QUERIES, 0.02));
  const check = group(host, "check");
  assert.equal(check.dataset.outcome, "differs");
  assert.match(
    check.textContent,
    /^Differs from the model's own attention \(max\. difference 0\.02 /,
  );
  pointAt(host, 3);
  assert.match(check.title, /^This query: max\. difference 0\.02\.$/);
});

test("without the model's weights the check is reported as not done", async (t) => {
  const { host } = await showGolden(t, "Cross", 1);
  assert.equal(group(host, "check").dataset.outcome, "unchecked");
  assert.match(group(host, "check").textContent, /^Not checked/);
});

// Shared key heads and rotation.

const keyHeadNotes = (host) =>
  texts(host.querySelectorAll(".bertviz-note")).filter((text) => /key head|query heads/.test(text));

test("a note lists the query heads that share a key head", async (t) => {
  const { host, layer } = await showGolden(t, "Encoder", 0, 3);
  assert.deepEqual(keyHeadNotes(host), ["key head 1, for query heads 2 to 3"]);
  // The drawn keys are those of the key head.
  assertVector(figure(host), "k", 4, keyOf(layer, 3, 4));
  pick(host, "Head", "0");
  await drawn(host);
  assert.deepEqual(keyHeadNotes(host), ["key head 0, for query heads 0 to 1"]);
});

test("a layer without shared key heads has no note", async (t) => {
  const { host } = await showGolden(t, "Encoder", 2);
  assert.deepEqual(keyHeadNotes(host), []);
});

/** Return how many brackets and borders are drawn, and the note on the cells. */
function rotationOf(host) {
  const count = (tag) => group(host, "brackets").querySelectorAll(tag).length;
  return [count("path"), count("line"), group(host, "cell-note").textContent];
}

test("brackets show which dimensions rotate together", async (t) => {
  const made = madeLayer(1, 12, 0, 8);
  const all = { rotation: { start: 0, size: 8, interleaved: false } };
  const [brackets, borders, note] = rotationOf(await showMade(t, { ...made, entry: all }));
  assert.match(note, /^All 8 dimensions rotate with the position, in pairs of i and i \+ 4\. /);
  // Two brackets and an arc over q, k and their product.
  assert.deepEqual([brackets, borders], [9, 0]);
});

test("borders separate the dimensions that rotate from the others", async (t) => {
  const made = madeLayer(1, 12, 0, 8);
  const partly = { rotation: { start: 2, size: 4, interleaved: true } };
  const [brackets, borders, note] = rotationOf(await showMade(t, { ...made, entry: partly }));
  assert.match(
    note,
    /^Dimensions 2 to 5 rotate with the position, in pairs of neighbors; the other 4 do not\. /,
  );
  // Borders before and after the rotated dimensions, in q and in k.
  assert.deepEqual([brackets, borders], [3 * 2, 4]);
});

test("a layer without rotation has no brackets", async (t) => {
  const { host } = await showGolden(t, "Cross", 0);
  const [brackets, , note] = rotationOf(host);
  assert.equal(brackets, 0);
  assert.doesNotMatch(note, /rotate/);
});

test("pointing at a cell shows its number and marks its rotation partner", async (t) => {
  const entry = { rotation: { start: 0, size: 8, interleaved: false } };
  const made = madeLayer(1, 12, 0, 8);
  const host = await showMade(t, { ...made, entry });
  const across = figure(host);
  const hint = group(host, "cell-note").textContent;
  click(token(across, "queries", 5)); // pinned, so that it stays highlighted
  await drawn(host);
  const [q, k] = [made.query[0][5], made.key[0][3]];
  const names = labels(across, "queries");
  for (const [column, row, vector, title] of [
    ["q", 5, q, `q of ${names[5]}`],
    ["k", 3, k, `k of ${names[3]}`],
    ["product", 3, q.map((number, dim) => number * k[dim]), `q × k of ${names[5]} and ${names[3]}`],
  ]) {
    const [x, y] = cells(across, column, row, 8)[2];
    hover(across.querySelector("svg"), { x, y });
    const [own, other] = [2, 6].map((dim) => vector[dim].toFixed(3).replace("-", "−"));
    const sentence = `${title}, dimension 2: ${own}; rotates with dimension 6: ${other}`;
    assert.equal(group(host, "cell-note").textContent, sentence);
    const width = bandWidth(across);
    const expected = [2, 6].flatMap((dim) =>
      Object.values(VECTORS).map((text) => middleOf(across, text) + (dim / 8 - 0.5) * width),
    );
    const frames = [...host.querySelectorAll(".bertviz-cell-frames rect")];
    const places = frames.map((frame) => Number(frame.getAttribute("x")));
    assertAllClose(
      places.toSorted((a, b) => a - b),
      expected.toSorted((a, b) => a - b),
      2,
    );
  }
  leave(document);
  assert.equal(host.querySelectorAll(".bertviz-cell-frames rect").length, 0);
  assert.equal(group(host, "cell-note").textContent, hint);
});
