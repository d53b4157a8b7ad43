// The scores of heads: their ranking and their bars in the model view, and those of one head in both views.

import assert from "node:assert/strict";
import test from "node:test";
import { HeadScores } from "../../assets/views/head_scores.js";
import { servePair } from "./made_trace.js";
import { drawn, showView, until } from "./mounted_view.js";
import { byRole, choices, click, pick, picker, texts } from "./reader.js";
import { isVisible } from "./screen.js";

/** Show the pair in the model view. */
async function showPair(t, link = "") {
  const pair = servePair(t, ["first"]);
  const mounted = await showView(t, "model", { ...pair, options: { link } });
  await shown(mounted.host, (all) => all.some(([title]) => title.startsWith("Heads by")));
  return { ...mounted, ...pair };
}

/** Return the visible tables: title, note, and rows as arrays of cells. */
function tables(host) {
  return [...host.querySelectorAll(".bertviz-head-ranking .bertviz-ranking")]
    .filter(isVisible)
    .map((section) => {
      const rows = [...section.querySelectorAll("tbody tr")].map((row) => texts(row.children));
      return [
        section.querySelector("h3").textContent,
        section.querySelector("p").textContent,
        rows,
      ];
    });
}

/** Wait until what `read` returns, the tables for example, satisfies a condition. */
function shown(host, isExpected, read = tables) {
  return until(host, () => isExpected(read(host)));
}

/** Return the mean weight on the query itself or on the first token, of every head, the largest first. */
function ranked(weights, keyOf) {
  return weights
    .flatMap((layer, number) =>
      layer.map((rows, head) => {
        const shares = rows.map((row, query) => row[keyOf(query)]);
        const mean = shares.reduce((sum, share) => sum + share, 0) / rows.length;
        return [`L${number}H${head}`, mean];
      }),
    )
    .sort((one, other) => other[1] - one[1])
    .map(([title, mean]) => [title, mean.toFixed(3)]);
}

test("the heads are ranked by the chosen score, and scores that no head has are not offered", async (t) => {
  const { host, weights } = await showPair(t);
  assert.deepEqual(choices(host, "Rank heads by"), ["Same position", "First token", "Distance"]);
  await shown(host, ([[, note]]) => !note.includes("so far"));
  const [[title, note, rows]] = tables(host);
  assert.equal(title, "Heads by same position");
  assert.equal(note, "Share of the weights on the query.");
  assert.deepEqual(rows, ranked(weights, (query) => query).slice(0, 10));
  pick(host, "Rank heads by", "First token");
  await shown(host, ([[title]]) => title === "Heads by first token");
  assert.deepEqual(tables(host)[0][2], ranked(weights, () => 0).slice(0, 10));
});

test("a click on a head of the ranking opens it, with its scores and their meanings", async (t) => {
  const { host, weights } = await showPair(t);
  await shown(host, ([[, note]]) => !note.includes("so far"));
  const [best] = ranked(weights, (query) => query);
  click(host.querySelector(".bertviz-head-ranking tbody button"));
  const [, layer, head] = best[0].match(/L(\d+)H(\d+)/);
  assert.equal(await drawn(host), `All, Layer ${layer}, Head ${head}`);
  const [, [title, , rows]] = tables(host);
  assert.equal(title, "Scores of this head");
  const [, first] = ranked(weights, () => 0).find(([name]) => name === best[0]);
  assert.deepEqual(rows.slice(0, 2), [
    ["Same position", best[1], "Share of the weights on the query."],
    ["First token", first, "Share of the weights on the first token."],
  ]);
});

test("a link names the score", async (t) => {
  const { host } = await showPair(t, "score=first");
  assert.equal(picker(host, "Rank heads by").selectedOptions[0].text, "First token");
});

test("a link with an unknown score shows the first one", async (t) => {
  const { host } = await showPair(t, "score=unknown");
  assert.equal(picker(host, "Rank heads by").selectedOptions[0].text, "Same position");
});

/** Let the server have no scores until the end of a test. */
function withoutScores(t) {
  const { fetch } = globalThis;
  globalThis.fetch = async (url, ...rest) =>
    String(url).includes("-scores-") ? new Response("", { status: 404 }) : fetch(url, ...rest);
  t.after(() => (globalThis.fetch = fetch));
}

test("without scores the view has no ranking and works", async (t) => {
  const pair = servePair(t);
  withoutScores(t);
  const { host } = await showView(t, "model", pair);
  assert.equal(await drawn(host), "All");
  assert.deepEqual(tables(host), []);
  assert.ok(!isVisible(host.querySelector(".bertviz-head-ranking")));
});

const bars = (host) => [...host.querySelectorAll(".bertviz-score-bar")];
const cell = (host, title) => host.querySelector(`.bertviz-cell[aria-label="${title}"]`);
const title = (name) => name.replace(/L(\d+)H(\d+)/, "Layer $1, Head $2");

/** Return the visible legends of the picture, without that of the weights. */
function legends(host) {
  return texts(host.querySelectorAll(".bertviz-navigation .bertviz-legend:not([hidden])"));
}

test("bars show the chosen score of every head, and the legend their range", async (t) => {
  const { host, weights } = await showPair(t);
  await shown(host, ([[, note]]) => !note.includes("so far"));
  assert.deepEqual([bars(host), legends(host)], [[], []]);
  click(byRole(host, "checkbox", "Bars in the grid"));
  for (const [choice, keyOf] of [
    ["Same position", (query) => query],
    ["First token", () => 0],
  ]) {
    pick(host, "Rank heads by", choice);
    await shown(host, ([[heading]]) => heading === `Heads by ${choice.toLowerCase()}`);
    const scores = ranked(weights, keyOf);
    const [[, max]] = scores;
    assert.deepEqual(legends(host), [`bar = ${choice.toLowerCase()}: 0${max}`]);
    assert.equal(bars(host).length, scores.length);
    const place = (element) => [element.getAttribute("x"), element.getAttribute("y")].map(Number);
    for (const [name, score] of scores) {
      const [x, y] = place(cell(host, title(name)));
      const size = Number(cell(host, title(name)).getAttribute("width")) + 2;
      const [bar] = bars(host).filter((each) => {
        const [left, top] = place(each);
        return left > x && left < x + size && top > y && top < y + size;
      });
      const full = 0.84 * size; // as wide as the lines
      assert.ok(Math.abs(Number(bar.getAttribute("width")) / full - score / max) < 2e-3 / max);
    }
  }
  click(byRole(host, "checkbox", "Bars in the grid"));
  assert.equal(await drawn(host), "All");
  assert.deepEqual([bars(host), legends(host)], [[], []]);
});

test("a cell says which pattern its head follows most, and keeps its name", async (t) => {
  const { host, weights } = await showPair(t);
  await shown(host, ([[, note]]) => !note.includes("so far"));
  const shares = {
    "same position": new Map(ranked(weights, (query) => query)),
    "first token": new Map(ranked(weights, () => 0)),
  };
  for (const name of shares["first token"].keys()) {
    const element = cell(host, title(name));
    const [, label, number] = element.getAttribute("aria-description").match(/^(.+) ([\d.]+)$/);
    const best = Math.max(...Object.values(shares).map((share) => share.get(name)));
    assert.equal(Number(shares[label].get(name)), best);
    assert.ok(Math.abs(Number(number) - best) <= 0.0056);
    assert.equal(
      element.querySelector("title").textContent,
      `${title(name)}, ${element.getAttribute("aria-description")}`,
    );
  }
});

test("a link shows the bars, and the reset hides them", async (t) => {
  const { host } = await showPair(t, "score=first&bars=1");
  assert.ok(byRole(host, "checkbox", "Bars in the grid").checked);
  assert.ok(bars(host).length > 0);
  click(byRole(host, "button", "Reset"));
  assert.equal(await drawn(host), "All");
  assert.ok(!byRole(host, "checkbox", "Bars in the grid").checked);
  assert.deepEqual(bars(host), []);
});

test("with a filter the scores are those of all weights, and the page says so", async (t) => {
  const { host, weights } = await showPair(t, "bars=1&filter=first&cell=2,3");
  await shown(host, ([[, note]]) => !note.includes("so far"));
  const scores = ranked(weights, (query) => query);
  assert.deepEqual(legends(host), [`bar = same position without the filter: 0${scores[0][1]}`]);
  const [[, note, rows], [, ownNote]] = tables(host);
  assert.deepEqual(rows, scores.slice(0, 10));
  for (const each of [note, ownNote])
    assert.match(each, / The filter does not change the scores\.$/);
});

test("while scores arrive, the bars and their legend say which layers they know", async () => {
  const tensor = (...data) => ({ shape: [data.length / 2, 2], data: Float32Array.from(data) });
  const files = [
    { layers: [0, 3], tensors: [tensor(0.2, 5), tensor(0.5, 1)] },
    { layers: [4], tensors: [tensor(0.8, Number.NaN)] },
  ];
  const arrivals = new Map(files.flatMap(({ layers }) => layers.map((n) => [n, withResolvers()])));
  const trace = {
    manifest: {
      scores: [
        { name: "first", label: "First token", meaning: "", is_pattern: true },
        { name: "distance", label: "Distance", meaning: "", is_pattern: false },
      ],
    },
    component: () => ({ scores: files, layers: [0, 3, 4].map((layer) => ({ layer })) }),
    scores: (_, layer) => arrivals.get(layer).promise,
  };
  let onChange = () => {};
  const changed = () => new Promise((resolve) => (onChange = resolve));
  const scores = new HeadScores(() => onChange());
  scores.setContent({ trace, attentionPart: { component: "self" }, filter: null });
  scores.load();
  const choice = { score: "first", bars: true };
  assert.deepEqual([scores.scale(choice), scores.ofCells(choice)], [null, null]);
  const arrive = ({ layers, tensors }) => {
    for (const [at, layer] of layers.entries()) arrivals.get(layer).resolve(tensors[at]);
    return changed();
  };
  await arrive(files[0]);
  assert.deepEqual(scores.scale(choice), {
    label: "First token",
    max: 0.5,
    numKnown: 2,
    numLayers: 3,
    isFiltered: false,
  });
  const head = (layer) => ({ layer, head: 0 });
  const { describe, lengthOf } = scores.ofCells(choice);
  assert.deepEqual([0, 3, 4].map(head).map(lengthOf).map(round), [0.4, 1, Number.NaN]);
  // The distance, which is larger, is no pattern.
  assert.deepEqual([0, 4].map(head).map(describe), ["first token 0.20", ""]);
  await arrive(files[1]);
  const all = scores.ofCells({ score: "distance", bars: true });
  assert.deepEqual([0, 3, 4].map(head).map(all.lengthOf).map(round), [1, 0.2, Number.NaN]);
  assert.equal(scores.scale(choice).numKnown, 3);
});

test("the heads of compared runs are ranked by their change first", async () => {
  const tensor = { shape: [2, 2], data: Float32Array.from([0.9, 0.1, 0.5, 0.4]) };
  const trace = {
    other: {},
    manifest: {
      scores: [
        { name: "first", label: "First token", meaning: "", is_pattern: true },
        { name: "divergence", label: "Change", meaning: "", is_pattern: false },
      ],
    },
    component: () => ({ scores: [{ layers: [0] }], layers: [{ layer: 0 }] }),
    scores: async () => tensor,
  };
  const scores = new HeadScores(() => {});
  scores.setContent({ trace, attentionPart: { component: "self" }, filter: null });
  await scores.load();
  const rankedBy = (score) => {
    const { heads } = scores.ranking({ score, bars: false }, null);
    return [heads.title, ...heads.rows.map(({ label }) => label)];
  };
  assert.deepEqual(rankedBy(null), ["Heads by change", "L0H1", "L0H0"]);
  assert.deepEqual(rankedBy("first"), ["Heads by first token", "L0H0", "L0H1"]);
  scores.setContent({
    trace: { ...trace, other: null },
    attentionPart: { component: "self" },
    filter: null,
  });
  await scores.load();
  assert.deepEqual(rankedBy(null), ["Heads by first token", "L0H0", "L0H1"]);
});

test("no more scores of a result are fetched when another result replaces it", async () => {
  const requested = [];
  const arrival = withResolvers();
  const traceOf = (name) => ({
    manifest: { scores: [] },
    component: () => ({ scores: [{ layers: [0] }, { layers: [1] }], layers: [] }),
    scores: (_, layer) => {
      requested.push(`${name} ${layer}`);
      return arrival.promise;
    },
  });
  const contentOf = (name) => ({
    trace: traceOf(name),
    attentionPart: { component: "self" },
    filter: null,
  });
  const scores = new HeadScores(() => {});
  scores.setContent(contentOf("old"));
  const loaded = scores.load();
  scores.setContent(contentOf("new"));
  arrival.resolve({ shape: [0, 0], data: new Float32Array() });
  await loaded;
  assert.deepEqual(requested, ["old 0"]);
  await scores.load();
  assert.deepEqual(requested, ["old 0", "new 0", "new 1"]);
});

function round(number) {
  return Number(number.toFixed(6));
}

/** Return a promise with the function that resolves it; Node 20 has no Promise.withResolvers. */
function withResolvers() {
  const resolvers = {};
  resolvers.promise = new Promise((resolve) => (resolvers.resolve = resolve));
  return resolvers;
}

/** Return the table of the scores below the numbers of the head view, as titles and rows; null if hidden. */
function ownScores(host) {
  const section = host.querySelector(".bertviz-own-scores .bertviz-ranking");
  if (!isVisible(section)) return null;
  const rows = [...section.querySelectorAll("tbody tr")].map((row) => texts(row.children));
  return { title: section.querySelector("h3").textContent, rows };
}

/** Return the first two rows that the head view should show. */
function expectedRows(weights, name) {
  const share = (keyOf) => new Map(ranked(weights, keyOf)).get(name);
  return [
    ["Same position", share((query) => query), "Share of the weights on the query."],
    ["First token", share(() => 0), "Share of the weights on the first token."],
  ];
}

test("the head view shows the scores of a head that is alone, and of no other", async (t) => {
  const pair = servePair(t);
  const { host } = await showView(t, "head", { ...pair, options: { link: "layer=2" } });
  assert.equal(ownScores(host), null);
  assert.ok(!pair.requests.some((name) => name.includes("-scores-")));
  click(byRole(host, "button", "Head 4"), { shiftKey: true });
  await drawn(host);
  await shown(host, Boolean, ownScores);
  assert.equal(ownScores(host).title, "Scores of head 4");
  assert.deepEqual(ownScores(host).rows.slice(0, 2), expectedRows(pair.weights, "L2H4"));
  pick(host, "Layer", "5");
  await drawn(host);
  await shown(host, Boolean, ownScores);
  assert.deepEqual(ownScores(host).rows.slice(0, 2), expectedRows(pair.weights, "L5H4"));
  click(byRole(host, "button", "Head 6"));
  await drawn(host);
  assert.equal(ownScores(host), null);
});

test("without scores the head view shows a head that is alone", async (t) => {
  const pair = servePair(t);
  withoutScores(t);
  const { host } = await showView(t, "head", { ...pair, options: { link: "heads=4" } });
  assert.equal(await drawn(host), "All, layer 0, heads 4");
  assert.equal(ownScores(host), null);
});
