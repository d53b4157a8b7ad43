// The effects of the heads on the prediction at the pinned token: the requests, the progress, the grid and
// the ranking.

import assert from "node:assert/strict";
import test from "node:test";
import { readGolden, serveGolden } from "./golden.js";
import { layerOfWeights, madeTokens, serveMade, tokensOfOtherText } from "./made_trace.js";
import { drawn, GOLDEN_URL, showView, until } from "./mounted_view.js";
import { allByRole, byRole, click, figure, hover, leave, press, texts, token } from "./reader.js";
import { isVisible } from "./screen.js";

const START = "Switch off each head in turn";
const SAME = (_, query, key) => Number(query === key);

/** The changes of each layer. */
const CHANGES = [
  [0.125, -6.872],
  [-0.5, 0.0001],
  [1, -0.25],
];

/** The answer for a layer. */
const answerOf = (layer) => ({
  text: " word6",
  vocabulary: "word6",
  tokenId: 6,
  logProbability: -0.0251,
  changes: CHANGES[layer],
});

/** Let `fetch` return three layers of two heads. */
function serve(t, predictions = { offset: 1 }, tokens = madeTokens(12)) {
  const layers = CHANGES.map(() => layerOfWeights(2, 12, SAME));
  return serveMade(t, tokens, layers, [], predictions);
}

/** Show a made text, with a server whose answers wait for `answer` or `fail`, in the order of the calls. */
async function showMade(t, name = "head", { url = serve(t).url, link = "pinned=query,5" } = {}) {
  const asked = [];
  const settle = [];
  const sweep = (layer) => {
    asked.push(layer);
    return new Promise((resolve, reject) => settle.push({ answer: resolve, fail: reject }));
  };
  const mounted = await showView(t, name, { url, options: { sweep, link } });
  await predicted(mounted.host);
  const settled = async (how, at, value) => {
    settle[at][how](value);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    ...mounted,
    url,
    asked,
    answer: (at, value = answerOf(at)) => settled("answer", at, value),
    fail: (at) => settled("fail", at, new TypeError("Failed to fetch")),
  };
}

/** Wait until the inspector shows a prediction. */
function predicted(host) {
  return until(host, () => isVisible(host.querySelector(".bertviz-prediction")));
}

const section = (host) => host.querySelector(".bertviz-sweep");
const buttons = (host) => texts(allByRole(host.querySelector(".bertviz-prediction"), "button"));
const note = (host) => host.querySelector(".bertviz-sweep-control [role=status]").textContent;
const cells = (host) => allByRole(section(host).querySelector(".bertviz-sweep-grid"), "button");
const names = (host) => cells(host).map((cell) => cell.getAttribute("aria-label"));
const ranking = (host) =>
  [...section(host).querySelectorAll(".bertviz-ranking tbody tr")].map((row) =>
    texts(row.children),
  );

/** Start the sweep, and answer all layers. */
async function sweepAll({ host, answer }) {
  click(byRole(host, "button", START));
  for (const layer of CHANGES.keys()) await answer(layer);
}

for (const [name, link] of [
  ["head", "pinned=query,5"],
  ["neuron", "pinned=query,5"],
  ["matrix", "pinned=query,5"],
  ["model", "pinned=query,5&cell=0,0"],
]) {
  test(`the ${name} view asks for one layer at a time, and a click opens a head`, async (t) => {
    const { host, url, asked, answer } = await showMade(t, name, { link });
    assert.deepEqual([buttons(host), note(host)], [[START], ""]);
    assert.ok(!isVisible(section(host)));
    click(byRole(host, "button", START));
    const layerOf = (layer) => ({ url, position: 5, component: "self", layer });
    for (const layer of CHANGES.keys()) {
      assert.deepEqual(asked, [0, 1, 2].slice(0, layer + 1).map(layerOf));
      assert.deepEqual([buttons(host), note(host)], [["Stop"], `${layer} of 3 layers so far.`]);
      await answer(layer);
      assert.equal(cells(host).length, 2 * (layer + 1));
    }
    assert.deepEqual([asked.length, buttons(host), note(host)], [3, [], ""]);
    assert.equal(section(host).querySelector("h3").textContent, "Effect of each head on word6");
    click(byRole(host, "button", "Layer 2, Head 1: −0.250"));
    assert.match(await drawn(host), /layer 2, heads? 1\b/i);
    assert.deepEqual(cells(host).length, 6);
    click(byRole(section(host), "button", "L1H0"));
    assert.match(await drawn(host), /layer 1, heads? 0\b/i);
  });
}

test("the grid has a button for each head, and the ranking the largest effects first", async (t) => {
  const shown = await showMade(t);
  const { host } = shown;
  await sweepAll(shown);
  assert.deepEqual(names(host), [
    "Layer 0, Head 0: +0.125",
    "Layer 0, Head 1: −6.872",
    "Layer 1, Head 0: −0.500",
    "Layer 1, Head 1: 0.000",
    "Layer 2, Head 0: +1.000",
    "Layer 2, Head 1: −0.250",
  ]);
  assert.equal(cells(host)[1].title, "Layer 0, Head 1: −6.872");
  const styles = cells(host).map(({ style }) => [
    style.getPropertyValue("--bertviz-effect"),
    style.getPropertyValue("--bertviz-share"),
  ]);
  assert.deepEqual(styles[1], ["#ff6318", "100.0%"]);
  assert.deepEqual(styles[4], ["#2b7de9", "14.6%"]);
  assert.deepEqual(texts(section(host).querySelectorAll(".bertviz-sweep-scale span")), [
    "−6.872",
    "+6.872",
  ]);
  assert.deepEqual(ranking(host), [
    ["L0H1", "−6.872"],
    ["L2H0", "+1.000"],
    ["L1H0", "−0.500"],
    ["L2H1", "−0.250"],
    ["L0H0", "+0.125"],
    ["L1H1", "0.000"],
  ]);
  assert.equal(
    section(host).querySelector("p").textContent,
    "Change of its log-probability (−0.025) if this head alone is off. A head below 0 makes the token more likely; heads can replace each other.",
  );
});

test("layers that are not known yet have empty cells", async (t) => {
  const { host, answer } = await showMade(t);
  click(byRole(host, "button", START));
  await answer(0);
  const rows = [...section(host).querySelectorAll(".bertviz-sweep-grid tbody tr")];
  assert.deepEqual(
    rows.map((row) => [row.children[0].textContent, row.querySelectorAll("td").length]),
    [
      ["0", 2],
      ["1", 2],
      ["2", 2],
    ],
  );
  assert.equal(cells(host).length, 2);
});

test("arrow keys move between the heads of the grid", async (t) => {
  const shown = await showMade(t);
  await sweepAll(shown);
  const all = cells(shown.host);
  assert.deepEqual(
    all.map(({ tabIndex }) => tabIndex),
    [0, -1, -1, -1, -1, -1],
  );
  all[0].focus();
  press(document, "ArrowDown");
  assert.equal(document.activeElement, all[2]);
  press(document, "ArrowRight");
  assert.equal(document.activeElement, all[3]);
  press(document, "End");
  assert.equal(document.activeElement, all[5]);
});

test("the sweep stops before the next layer, and continues with it", async (t) => {
  const { host, asked, answer } = await showMade(t);
  click(byRole(host, "button", START));
  await answer(0);
  click(byRole(host, "button", "Stop"));
  assert.deepEqual([buttons(host), note(host)], [["Continue"], "Stopped after 1 of 3 layers."]);
  // The answer of the layer in progress is kept.
  await answer(1);
  assert.deepEqual([buttons(host), note(host)], [["Continue"], "Stopped after 2 of 3 layers."]);
  assert.deepEqual([asked.length, cells(host).length], [2, 4]);
  click(byRole(host, "button", "Continue"));
  assert.equal(note(host), "2 of 3 layers so far.");
  await answer(2);
  assert.deepEqual([asked.length, buttons(host), cells(host).length], [3, [], 6]);
});

test("a sweep that continues before the answer does not ask for the layer again", async (t) => {
  const { host, asked, answer } = await showMade(t);
  click(byRole(host, "button", START));
  click(byRole(host, "button", "Stop"));
  click(byRole(host, "button", "Continue"));
  assert.deepEqual([asked.length, note(host)], [1, "0 of 3 layers so far."]);
  await answer(0);
  assert.deepEqual(
    asked.map(({ layer }) => layer),
    [0, 1],
  );
});

test("an error stops the sweep, and the reader can try the layer again", async (t) => {
  const { host, asked, answer, fail } = await showMade(t);
  click(byRole(host, "button", START));
  await answer(0, "This result has expired. Run again.");
  assert.deepEqual(
    [buttons(host), note(host)],
    [["Try again"], "This result has expired. Run again."],
  );
  assert.equal(host.querySelector(".bertviz-message").textContent, "");
  click(byRole(host, "button", "Try again"));
  assert.equal(note(host), "0 of 3 layers so far.");
  await answer(1, answerOf(0));
  await fail(2);
  assert.deepEqual(
    [buttons(host), note(host)],
    [["Continue"], "The server did not answer. Try again."],
  );
  assert.equal(cells(host).length, 2);
  click(byRole(host, "button", "Continue"));
  await answer(3, answerOf(1));
  await answer(4, answerOf(2));
  assert.deepEqual(
    asked.map(({ layer }) => layer),
    [0, 0, 1, 1, 2],
  );
  assert.deepEqual([buttons(host), note(host), cells(host).length], [[], "", 6]);
});

test("an error after Stop is not shown", async (t) => {
  const { host, answer } = await showMade(t);
  click(byRole(host, "button", START));
  click(byRole(host, "button", "Stop"));
  await answer(0, "This result has expired. Run again.");
  assert.deepEqual([buttons(host), note(host)], [["Continue"], "Stopped after 0 of 3 layers."]);
});

test("another pinned token has its own sweep, and late answers are ignored", async (t) => {
  const { host, asked, answer } = await showMade(t);
  click(byRole(host, "button", START));
  await answer(0);
  hover(token(figure(host), "queries", 2));
  leave(document);
  assert.ok(isVisible(section(host)));
  click(token(figure(host), "keys", 5));
  await drawn(host);
  assert.equal(cells(host).length, 2);
  click(token(figure(host), "queries", 4));
  await drawn(host);
  assert.deepEqual([buttons(host), note(host)], [[START], ""]);
  await answer(1);
  assert.deepEqual([asked.length, buttons(host)], [2, [START]]);
  assert.ok(!isVisible(section(host)));
  click(byRole(host, "button", START));
  assert.deepEqual(
    asked.map(({ position, layer }) => [position, layer]),
    [
      [5, 0],
      [5, 1],
      [4, 0],
    ],
  );
});

test("another result has its own sweep", async (t) => {
  const { host, view, asked, answer } = await showMade(t);
  click(byRole(host, "button", START));
  await answer(0);
  const other = serve(t, { offset: 1 }, tokensOfOtherText(madeTokens(12)));
  await view.update(other.url);
  await drawn(host);
  await answer(1);
  assert.equal(asked.length, 2);
  click(token(figure(host), "queries", 5));
  await predicted(host);
  assert.deepEqual(buttons(host), [START]);
  click(byRole(host, "button", START));
  assert.deepEqual(asked[2], { url: other.url, position: 5, component: "self", layer: 0 });
});

test("a model of several components has a grid for each, and a head opens its component", async (t) => {
  serveGolden(t);
  const link = "block=Decoder&pinned=key,1";
  const { host, asked, answer } = await showMade(t, "head", { url: GOLDEN_URL, link });
  click(byRole(host, "button", START));
  const { components } = JSON.parse(new TextDecoder().decode(await readGolden("manifest.json")));
  for (const { layers } of components) {
    for (const { num_heads } of layers) {
      const changes = Array.from({ length: num_heads }, (_, head) => -head / 8);
      await answer(asked.length - 1, { ...answerOf(0), changes });
    }
  }
  assert.deepEqual(
    asked.map(({ component, layer }) => `${component} ${layer}`),
    components.flatMap(({ component, layers }) =>
      layers.map((each) => `${component} ${each.layer}`),
    ),
  );
  const grids = [...section(host).querySelectorAll(".bertviz-sweep-grid")];
  assert.deepEqual(texts(grids.map((grid) => grid.querySelector("caption"))), [
    "Encoder",
    "Decoder",
    "Cross",
  ]);
  click(byRole(grids[2], "button", "Cross, Layer 0, Head 1: −0.125"));
  assert.equal(await drawn(host), "Cross, layer 0, heads 1");
  assert.ok(isVisible(section(host)));
});

test("the focus goes from the button, which is gone, to the title", async (t) => {
  const shown = await showMade(t);
  byRole(shown.host, "button", START).focus();
  await sweepAll(shown);
  assert.equal(document.activeElement.textContent, "Effect of each head on word6");
});

test("after the text, the title names the most likely token", async (t) => {
  const { host, answer } = await showMade(t, "head", { link: "pinned=query,11" });
  click(byRole(host, "button", START));
  await answer(0);
  assert.equal(section(host).querySelector("h3").textContent, "Effect of each head on ␣word6");
});

test("Copy as CSV copies the effects of all known heads", async (t) => {
  const copied = [];
  const clipboard = { writeText: async (text) => copied.push(text) };
  Object.defineProperty(window.navigator, "clipboard", { value: clipboard, configurable: true });
  t.after(() => delete window.navigator.clipboard);
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { host, answer } = await showMade(t);
  click(byRole(host, "button", START));
  await answer(0);
  click(byRole(host, "button", "Copy as CSV"));
  assert.deepEqual(copied, [
    "component,layer,head,change\r\nself,0,0,0.125000\r\nself,0,1,-6.872000\r\n",
  ]);
});

test("only one pinned token can be swept", async (t) => {
  const { host } = await showMade(t);
  click(token(figure(host), "queries", 4), { shiftKey: true });
  await drawn(host);
  assert.deepEqual(buttons(host), []);
  press(document, "Escape");
  await drawn(host);
  hover(token(figure(host), "queries", 4));
  assert.deepEqual(buttons(host), []);
});

test("there is no button without a server, and for a file without predictions", async (t) => {
  const { host } = await showView(t, "head", { ...serve(t), options: { link: "pinned=query,5" } });
  await predicted(host);
  assert.deepEqual(buttons(host), []);
  const own = await showMade(t, "head", { url: serve(t, null).url });
  assert.deepEqual(buttons(own.host), []);
});
