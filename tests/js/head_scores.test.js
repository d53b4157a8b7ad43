// The ranking of heads in the inspector of the model view, and the scores of the open head.

import assert from "node:assert/strict";
import test from "node:test";
import { servePair } from "./made_trace.js";
import { drawn, showView } from "./mounted_view.js";
import { choices, click, pick, picker, texts } from "./reader.js";
import { isVisible } from "./screen.js";

/** Show the pair in the model view. */
async function showPair(t, link = "") {
  const pair = servePair(t);
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

/** Wait until the tables satisfy a condition. */
function shown(host, isExpected) {
  return new Promise((resolve) => {
    const observer = new window.MutationObserver(check);
    function check() {
      if (!isExpected(tables(host))) return;
      observer.disconnect();
      resolve();
    }
    observer.observe(host, { attributes: true, childList: true, subtree: true });
    check();
  });
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
  assert.deepEqual(choices(host, "Rank heads by"), ["Same position", "First token"]);
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
  assert.deepEqual(rows, [
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

test("without scores the view has no ranking and works", async (t) => {
  const pair = servePair(t);
  const { fetch } = globalThis;
  globalThis.fetch = async (url, ...rest) =>
    String(url).includes("-scores-") ? new Response("", { status: 404 }) : fetch(url, ...rest);
  t.after(() => (globalThis.fetch = fetch));
  const { host } = await showView(t, "model", pair);
  assert.equal(await drawn(host), "All");
  assert.deepEqual(tables(host), []);
  assert.ok(!isVisible(host.querySelector(".bertviz-head-ranking")));
});
