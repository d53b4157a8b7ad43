// The inspector beside a figure: the ranked weights of the highlighted token, and the most peaked rows.

import assert from "node:assert/strict";
import test from "node:test";
import { weightText } from "../../assets/core/text/number_format.js";
import { layerOfWeights, madeTokens, serveMade, servePair } from "./made_trace.js";
import { drawn, showView, until } from "./mounted_view.js";
import {
  byRole,
  click,
  doubleClick,
  figure,
  hover,
  leave,
  pick,
  press,
  texts,
  token,
} from "./reader.js";
import { isVisible } from "./screen.js";

/** Show the pair in a view. */
async function showPair(t, name, link) {
  const pair = servePair(t);
  return { ...(await showView(t, name, { ...pair, options: { link } })), ...pair };
}

/** Return the visible tables of the inspector, by their titles, as arrays of cells. */
function tables(host) {
  const sections = [...host.querySelectorAll(".bertviz-rankings .bertviz-ranking")].filter(
    isVisible,
  );
  return Object.fromEntries(
    sections.map((section) => {
      const rows = [...section.querySelectorAll("tbody tr")];
      return [section.querySelector("h3").textContent, rows.map((row) => texts(row.children))];
    }),
  );
}

/** Wait until the inspector shows a table. */
function shown(host, title) {
  return until(host, () => title in tables(host));
}

/** Return a row of a table. */
function rowOf(host, title, at) {
  const sections = [...host.querySelectorAll(".bertviz-rankings .bertviz-ranking")].filter(
    isVisible,
  );
  const section = sections.find((each) => each.querySelector("h3").textContent === title);
  return section.querySelectorAll("tbody th button")[at];
}

/** Return the rows that the inspector should show for weights. */
function ranked(weights) {
  const order = [...weights.keys()].sort((one, other) => weights[other] - weights[one]);
  let sum = 0;
  return order.slice(0, 10).map((at) => {
    sum += weights[at];
    return [`word${at}`, String(at), weightText(weights[at]), sum.toFixed(3)];
  });
}

/** Return the list of texts that the clipboard has received since then. */
function copyInto(t) {
  const copied = [];
  const clipboard = { writeText: async (text) => copied.push(text) };
  Object.defineProperty(window.navigator, "clipboard", { value: clipboard, configurable: true });
  t.after(() => delete window.navigator.clipboard);
  // The button shows a notice for three seconds, in which the process would not end.
  t.mock.timers.enable({ apis: ["setTimeout"] });
  return copied;
}

const pinnedPositions = (host) =>
  [...figure(host).querySelectorAll(".bertviz-pinned")].map(({ dataset }) => dataset.position);

test("pointing at a token lists what it attends to and what attends to it", async (t) => {
  const { host, weights } = await showPair(t, "head", "heads=4");
  hover(token(figure(host), "queries", 2));
  assert.deepEqual(tables(host), {
    "word2 attends to": ranked(weights[0][4][2]),
    "word2 is attended to by": ranked(weights[0][4].map((row) => row[2])),
  });
  hover(token(figure(host), "keys", 9));
  assert.deepEqual(Object.keys(tables(host)), ["word9 is attended to by", "word9 attends to"]);
});

test("a masked key is neither listed nor one of the others", async (t) => {
  // Each query attends equally to itself and to what precedes it.
  const weightOf = (_, query, key) => (key > query ? 0 : 1 / (query + 1));
  const result = serveMade(t, madeTokens(15), [layerOfWeights(1, 15, weightOf)]);
  const { host } = await showView(t, "head", result);
  hover(token(figure(host), "queries", 1));
  const table = tables(host)["word1 attends to"];
  assert.deepEqual(
    table.map(([label, , weight]) => [label, weight]),
    [
      ["word0", "0.500"],
      ["word1", "0.500"],
    ],
  );
  const notes = texts(host.querySelectorAll(".bertviz-ranking p"));
  assert.equal(notes[0], "2 keys hold 90%.");
});

test("the keys that are not listed are counted", async (t) => {
  for (const [numTokens, others] of [
    [11, "1 other: 0.091 in all."],
    [12, "2 others: 0.167 in all."],
  ]) {
    const layer = layerOfWeights(1, numTokens, () => 1 / numTokens);
    const { host } = await showView(t, "head", serveMade(t, madeTokens(numTokens), [layer]));
    hover(token(figure(host), "queries", 0));
    const note = host.querySelector(".bertviz-rankings .bertviz-ranking p").textContent;
    assert.ok(note.includes(others), note);
  }
});

test("in a part with other keys than queries, a token has one direction", async (t) => {
  const { host, weights } = await showPair(t, "head", "heads=4");
  pick(host, "Attention", "Sentence A -> Sentence B");
  await drawn(host);
  hover(token(figure(host), "queries", 2));
  const row = weights[0][4][2].slice(8);
  const order = [...row.keys()].sort((one, other) => row[other] - row[one]);
  const table = tables(host)["word2 attends to"];
  assert.deepEqual(Object.keys(tables(host)), ["word2 attends to"]);
  assert.deepEqual(
    table.map(([label]) => label),
    order.map((at) => `word${at + 8}`),
  );
});

for (const [name, expected] of [
  ["head", "key"],
  ["neuron", "query"],
]) {
  test(`a row of the table is a link to its ${expected} in the ${name} view`, async (t) => {
    const { host } = await showPair(t, name);
    click(token(figure(host), "queries", 2));
    await drawn(host);
    const [label, position] = tables(host)["word2 attends to"][0];
    rowOf(host, "word2 attends to", 0).focus();
    press(document, "Enter");
    await drawn(host);
    assert.deepEqual(pinnedPositions(host), [position]);
    const verb = expected === "query" ? "attends to" : "is attended to by";
    assert.equal(Object.keys(tables(host))[0], `${label} ${verb}`);
  });
}

test("the weights of a pinned token are buttons, and those of a token below the pointer are not", async (t) => {
  const { host } = await showPair(t, "head", "heads=4");
  const buttons = () => host.querySelectorAll(".bertviz-rankings td button");
  hover(token(figure(host), "queries", 2));
  assert.equal(buttons().length, 0);
  click(token(figure(host), "queries", 2));
  await drawn(host);
  assert.equal(buttons().length, 20);
  leave(document);
  rowOf(host, "word2 attends to", 1).focus();
  press(document, "ArrowRight");
  assert.match(document.activeElement.ariaLabel, /, heads where word2 attends to word\d+$/);
  press(document, "ArrowDown");
  assert.ok(document.activeElement.closest("td"));
  click(byRole(host, "button", "Pinned · Unpin"));
  await drawn(host);
  hover(token(figure(host), "queries", 2));
  assert.equal(buttons().length, 0);
});

test("arrow keys move through the rows of a table, which are one stop of the Tab key", async (t) => {
  const { host } = await showPair(t, "head");
  click(token(figure(host), "queries", 2));
  await drawn(host);
  const title = "word2 attends to";
  rowOf(host, title, 0).focus();
  press(document, "ArrowDown");
  assert.equal(document.activeElement, rowOf(host, title, 1));
  const body = rowOf(host, title, 0).closest("tbody");
  assert.equal(body.querySelectorAll('[tabindex="0"]').length, 1);
});

for (const [how, unpin] of [
  ["the Unpin button", (host) => click(byRole(host, "button", "Pinned · Unpin"))],
  [
    "Escape on a head",
    (host) => {
      host.querySelector(".bertviz-square").focus();
      press(document, "Escape");
    },
  ],
]) {
  test(`${how} unpins the token`, async (t) => {
    const { host } = await showPair(t, "head");
    click(token(figure(host), "queries", 2));
    await drawn(host);
    assert.deepEqual(pinnedPositions(host), ["2"]);
    unpin(host);
    await drawn(host);
    assert.deepEqual(pinnedPositions(host), []);
  });
}

test("without a highlight the inspector lists the most peaked rows of the heads", async (t) => {
  const { host, weights } = await showPair(t, "head");
  doubleClick(host.querySelectorAll(".bertviz-square")[3]);
  await drawn(host);
  leave(document);
  await shown(host, "Most peaked rows of head 3");
  const rows = weights[0][3].map((row, query) => {
    const weight = Math.max(...row);
    return { query, key: row.indexOf(weight), weight };
  });
  rows.sort((one, other) => other.weight - one.weight || one.query - other.query);
  assert.deepEqual(tables(host), {
    "Most peaked rows of head 3": rows
      .slice(0, 10)
      .map(({ query, key, weight }) => [
        `word${query}`,
        String(query),
        `word${key}`,
        weightText(weight),
      ]),
  });
  click(rowOf(host, "Most peaked rows of head 3", 0));
  await drawn(host);
  assert.deepEqual(pinnedPositions(host), [String(rows[0].query)]);
});

test("an open head of the model view lists its most peaked rows", async (t) => {
  const { host } = await showPair(t, "model");
  assert.deepEqual(tables(host), {});
  click(byRole(host, "button", "Layer 2, Head 3"));
  await drawn(host);
  leave(document);
  await shown(host, "Most peaked rows of head 3");
  click(byRole(host, "button", "Layer 2, Head 3"));
  await drawn(host);
  assert.deepEqual(tables(host), {});
});

test("a copied table of pooled tokens says so, and has no sums", async (t) => {
  const layer = layerOfWeights(1, 400, (_, query, key) => Number(query === key));
  const { host } = await showView(t, "head", serveMade(t, madeTokens(400), [layer]));
  const copied = copyInto(t);
  click(byRole(host, "button", "Show all tokens at once"));
  hover(token(figure(host), "queries", 2));
  byRole(host, "button", "Copy as text").click();
  const [title, columns] = copied[0].split("\n");
  assert.match(title, / attends to \(largest of (\d+) × \1 weights\)$/);
  assert.deepEqual(columns.split("\t"), ["token", "position", "weight"]);
});

test("Copy as text copies both directions with all weights", async (t) => {
  const { host, weights } = await showPair(t, "head", "heads=4");
  const copied = copyInto(t);
  click(token(figure(host), "queries", 2));
  await drawn(host);
  click(byRole(host, "button", "Copy as text"));
  const [attends, attended] = copied[0].split("\n\n").map((table) => table.trim().split("\n"));
  assert.equal(attends[0], "word2 attends to");
  assert.equal(attended[0], "word2 is attended to by");
  assert.deepEqual(attends[1].split("\t"), ["token", "position", "weight", "sum"]);
  for (const [lines, row] of [
    [attends.slice(2), weights[0][4][2]],
    [attended.slice(2), weights[0][4].map((each) => each[2])],
  ]) {
    assert.equal(lines.length, row.length);
    for (const line of lines) {
      const [label, position, weight] = line.split("\t");
      assert.equal(label, `word${position}`);
      assert.ok(Math.abs(Number(weight) - row[position]) < 1e-5);
    }
  }
});

test("the title names model, layer, heads and text", async (t) => {
  const { host } = await showPair(t, "head", "heads=0,1,2,5&layer=3");
  const words = (from, to) =>
    Array.from({ length: to - from }, (_, at) => `word${from + at}`).join(" ");
  assert.equal(
    host.querySelector("h2").textContent,
    `made/model · layer 3, heads 0 to 2 and 5 · A: ${words(0, 8)} / B: ${words(8, 15)}`,
  );
});
