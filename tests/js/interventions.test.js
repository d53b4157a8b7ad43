// The interventions of a result in the views: their names, what undoes them, and what adds others.

import assert from "node:assert/strict";
import test from "node:test";
import { showView as showStandalone } from "../../assets/views/standalone.js";
import { filesOf } from "./made_files.js";
import { madeLayer, madeTokens, serveMade } from "./made_trace.js";
import { drawn, showView, until } from "./mounted_view.js";
import { allByRole, byRole, click, figure, press, texts, token } from "./reader.js";
import { isVisible, openScreen } from "./screen.js";

const VIEWS = ["head", "model", "neuron", "matrix"];
const HEAD_OFF = { spelling: "zero L1H0", words: "Layer 1, Head 0 off" };
const EDGE_CUT = { spelling: "cut 5-2", words: "“word5” (5) → “word2” (2) cut in all layers" };
const SOME = { interventions: [EDGE_CUT, HEAD_OFF] };
const OWN_FILE = { request: null, fields: null };

/** Serve a text of two layers with two heads. */
function serve(t, made, tokens = madeTokens(8)) {
  const layers = [1, 2].map((start) => madeLayer(2, tokens.length, start));
  return serveMade(t, tokens, layers, [], null, null, made).url;
}

/** Show a text on a page that can run it again, and note which interventions the view requests. */
async function show(t, name, { made = {}, link = "", options = { intervene: true }, tokens } = {}) {
  const url = serve(t, made, tokens);
  const { host, view } = await showView(t, name, { url, options: { ...options, link } });
  return { host, view, asked: requestsOf(host) };
}

/** Return the lists that a view will have requested. */
function requestsOf(host) {
  const asked = [];
  host.addEventListener("bertviz-intervene", ({ detail }) => asked.push(detail.interventions));
  return asked;
}

const row = (host) => host.querySelector(".bertviz-interventions");
const chips = (host) => texts([...row(host).querySelectorAll("li span")].filter(isVisible));
const buttons = (element) => texts(allByRole(element, "button"));
const headButtons = (host) => buttons(host.querySelector(".bertviz-head-actions"));
/** Return the buttons about the pinned token after those that each result has. */
const tokenButtons = (host) => {
  const all = buttons(host.querySelector(".bertviz-inspector-buttons"));
  return all.filter((text) => /^(Cut|Mask|Undo)/.test(text));
};

for (const name of VIEWS) {
  test(`the ${name} view names the interventions, and undoes one or all`, async (t) => {
    const { host, asked } = await show(t, name, { made: SOME });
    assert.ok(isVisible(row(host)));
    assert.deepEqual(chips(host), [EDGE_CUT.words, HEAD_OFF.words]);
    click(byRole(host, "button", `Undo: ${EDGE_CUT.words}`));
    click(byRole(host, "button", `Undo: ${HEAD_OFF.words}`));
    click(byRole(host, "button", "Undo all"));
    assert.deepEqual(asked, ["zero L1H0", "cut 5-2", ""]);
  });

  test(`the ${name} view of a result without interventions names none`, async (t) => {
    const { host } = await show(t, name);
    assert.equal(isVisible(row(host)), false);
  });
}

test("one intervention has one button, which works by keyboard", async (t) => {
  const { host, asked } = await show(t, "head", { made: { interventions: [HEAD_OFF] } });
  assert.deepEqual(buttons(row(host)), ["×"]);
  byRole(host, "button", `Undo: ${HEAD_OFF.words}`).focus();
  press(document, "Enter");
  assert.deepEqual(asked, [""]);
});

test("words of a text are no markup", async (t) => {
  const words = "“<img src=x>” (1) masked";
  const { host } = await show(t, "head", {
    made: { interventions: [{ spelling: "mask 1", words }] },
  });
  assert.deepEqual(chips(host), [words]);
  assert.equal(row(host).querySelector("img"), null);
});

test("the row follows the result", async (t) => {
  const { host, view } = await show(t, "head", { made: SOME });
  await view.update(serve(t, { interventions: [HEAD_OFF] }));
  await drawn(host);
  assert.deepEqual(chips(host), [HEAD_OFF.words]);
  await view.update(serve(t, {}));
  await drawn(host);
  assert.equal(isVisible(row(host)), false);
});

test("a pinned token stays pinned while only the interventions change", async (t) => {
  const { host, view } = await show(t, "head", { link: "pinned=query,5" });
  const isPinned = () => allByRole(host, "button", "Pinned · Unpin").length === 1;
  await view.update(serve(t, SOME));
  await drawn(host);
  assert.ok(isPinned());
  await view.update(serve(t, SOME, madeTokens(9)));
  await drawn(host);
  assert.ok(!isPinned());
});

test("the heads of a pair stay listed while only the interventions change", async (t) => {
  const { host, view } = await show(t, "head", { link: "pinned=query,5" });
  click(host.querySelector(".bertviz-weight-tables td button"));
  const isListed = () => isVisible(host.querySelector(".bertviz-pair-heads .bertviz-ranking"));
  await view.update(serve(t, SOME));
  await drawn(host);
  assert.ok(isListed());
  await view.update(serve(t, SOME, madeTokens(9)));
  await drawn(host);
  assert.ok(!isListed());
});

for (const [name, link] of [
  ["head", "layer=1&heads=1"],
  ["neuron", "layer=1&head=1"],
  ["matrix", "layer=1&heads=1"],
  ["model", "cell=1,1"],
]) {
  test(`the ${name} view switches its only head off, or replaces it by its mean`, async (t) => {
    const { host, asked } = await show(t, name, { made: SOME, link });
    assert.deepEqual(headButtons(host), ["Switch off", "Replace by mean"]);
    const group = byRole(host, "group", "Layer 1, Head 1");
    click(byRole(group, "button", "Switch off"));
    click(byRole(group, "button", "Replace by mean"));
    assert.deepEqual(asked, ["cut 5-2,zero L1H0,zero L1H1", "cut 5-2,mean L1H1,zero L1H0"]);
  });
}

test("a head that is off can only be switched on", async (t) => {
  for (const by of ["zero", "mean"]) {
    const made = { interventions: [EDGE_CUT, { spelling: `${by} L1H0`, words: "off" }] };
    const { host, asked } = await show(t, "head", { made, link: "layer=1&heads=0" });
    assert.deepEqual(headButtons(host), ["Switch on"]);
    click(byRole(host, "button", "Switch on"));
    assert.deepEqual(asked, ["cut 5-2"]);
  }
});

test("several heads, or no open head, cannot be switched off together", async (t) => {
  assert.deepEqual(headButtons((await show(t, "head")).host), []);
  assert.deepEqual(headButtons((await show(t, "matrix")).host), []);
  const { host } = await show(t, "model", { link: "cell=1,1" });
  assert.equal(headButtons(host).length, 2);
  click(byRole(host, "button", "Close"));
  await drawn(host);
  assert.deepEqual(headButtons(host), []);
});

for (const [name, link] of [
  ["head", ""],
  ["neuron", ""],
  ["neuron", "expanded=1&"],
  ["matrix", ""],
  ["model", "cell=0,0&"],
]) {
  test(`the ${name} view ${link} cuts the edges to the pinned token, or masks it`, async (t) => {
    const made = { ...SOME, maskToken: true };
    const { host, asked } = await show(t, name, { made, link: `${link}pinned=query,3` });
    assert.deepEqual(tokenButtons(host), ["Cut edges to word3", "Mask word3"]);
    click(byRole(host, "button", "Cut edges to word3"));
    click(byRole(host, "button", "Mask word3"));
    assert.deepEqual(asked, ["cut *-3,cut 5-2,zero L1H0", "cut 5-2,mask 3,zero L1H0"]);
  });
}

test("what is done to the pinned token is undone", async (t) => {
  const interventions = ["cut *-3", "mask 3"].map((spelling) => ({ spelling, words: spelling }));
  const made = { interventions, maskToken: true };
  const { host, asked } = await show(t, "head", { made, link: "pinned=key,3" });
  assert.deepEqual(tokenButtons(host), ["Undo cut edges to word3", "Undo mask of word3"]);
  click(byRole(host, "button", "Undo cut edges to word3"));
  click(byRole(host, "button", "Undo mask of word3"));
  assert.deepEqual(asked, ["mask 3", "cut *-3"]);
});

test("a model without a mask token can only cut edges, and several tokens nothing", async (t) => {
  const { host } = await show(t, "head", { link: "pinned=query,3" });
  assert.deepEqual(tokenButtons(host), ["Cut edges to word3"]);
  click(token(figure(host), "queries", 5), { shiftKey: true });
  await drawn(host);
  assert.deepEqual(tokenButtons(host), []);
  press(document, "Escape");
  await drawn(host);
  assert.deepEqual(tokenButtons(host), []);
});

test("in a view of words, only a word of one token can be changed", async (t) => {
  const tokens = madeTokens(8);
  // Tokens 2 and 3 are one word: token 5 is unit 4.
  tokens[3].start = tokens[2].end;
  const link = "filter=words&pinned=query,";
  const { host, asked } = await show(t, "head", { tokens, link: `${link}5` });
  click(byRole(host, "button", "Cut edges to word5"));
  assert.deepEqual(asked, ["cut *-5"]);
  click(token(figure(host), "queries", 2));
  await drawn(host);
  assert.deepEqual(tokenButtons(host), []);
});

test("interventions of an encoder-decoder model name the component", async (t) => {
  const options = { intervene: true, link: "block=Cross&heads=2&pinned=key,1" };
  const { host } = await showView(t, "head", { options });
  const asked = requestsOf(host);
  click(byRole(host, "button", "Cut edges to Das"));
  click(byRole(host, "button", "Switch off"));
  assert.deepEqual(asked, ["cut *-1 cross", "zero cross L0H2"]);
  click(token(figure(host), "queries", 1));
  await drawn(host);
  assert.deepEqual(tokenButtons(host), []);
});

/** Click the first weight of the pinned token, and wait for the list of heads. */
async function listHeads(host) {
  click(host.querySelector(".bertviz-weight-tables td button"));
  const list = host.querySelector(".bertviz-pair-heads");
  await until(host, () => isVisible(list) && !list.textContent.includes("so far"));
  const [, query, key] = list.textContent.match(/Positions (\d+) and (\d+)\./);
  return { list, edge: `${query}-${key}` };
}

test("the edge of a pair is cut in all heads, in the layer in the view, or in a head", async (t) => {
  const { host, asked } = await show(t, "head", { link: "layer=1&pinned=query,3" });
  const { list, edge } = await listHeads(host);
  click(byRole(list, "button", "Cut in all heads"));
  click(byRole(list, "button", "Cut in layer 1"));
  const first = list.querySelector("tbody tr");
  const [head, cut] = first.querySelectorAll("button");
  assert.equal(cut.textContent, "Cut");
  click(cut);
  assert.deepEqual(asked, [`cut ${edge}`, `cut ${edge} L1`, `cut ${edge} ${head.textContent}`]);
  assert.match(cut.ariaLabel, /^Cut, word3 attends to word\d in L\dH\d$/);
});

test("the layer of a cut follows the view", async (t) => {
  const { host } = await show(t, "model", { link: "cell=0,1&pinned=query,3" });
  const { list } = await listHeads(host);
  assert.deepEqual(buttons(list).slice(1, 3), ["Cut in all heads", "Cut in layer 0"]);
  const other = [...list.querySelectorAll("tbody th button")].find(({ textContent }) =>
    textContent.startsWith("L1"),
  );
  click(other);
  await drawn(host);
  assert.deepEqual(buttons(list).slice(1, 3), ["Cut in all heads", "Cut in layer 1"]);
});

test("an edge that is cut is undone", async (t) => {
  const { host: plain } = await show(t, "head", { link: "pinned=query,3" });
  const { edge, list: before } = await listHeads(plain);
  const head = before.querySelector("tbody th").textContent;
  const spellings = [`cut ${edge}`, `cut ${edge} L0`, `cut ${edge} ${head}`].sort();
  const made = { interventions: spellings.map((spelling) => ({ spelling, words: spelling })) };
  const { host, asked } = await show(t, "head", { made, link: "pinned=query,3" });
  const { list } = await listHeads(host);
  assert.deepEqual(buttons(list).slice(1, 3), ["Undo cut in all heads", "Undo cut in layer 0"]);
  click(byRole(list, "button", "Undo cut in layer 0"));
  const button = list.querySelector("tbody td button");
  assert.equal(button.textContent, "Undo");
  click(button);
  assert.deepEqual(asked, [
    `cut ${edge},cut ${edge} ${head}`,
    spellings.filter((each) => !each.endsWith(head)).join(","),
  ]);
});

/** Return all buttons that a view has because of interventions. */
async function actionsOf(host) {
  const { list } = await listHeads(host);
  const cuts = buttons(list).filter((text) => /Cut|Undo/.test(text));
  return [...buttons(row(host)), ...headButtons(host), ...tokenButtons(host), ...cuts];
}

test("a page that cannot run the text again only names the interventions", async (t) => {
  const made = { ...SOME, maskToken: true };
  const link = "heads=0&pinned=query,3";
  const { host, view } = await show(t, "head", { made, link, options: {} });
  assert.deepEqual(chips(host), [EDGE_CUT.words, HEAD_OFF.words]);
  assert.deepEqual(await actionsOf(host), []);
  view.destroy();
  const own = await show(t, "head", { made, link });
  await own.view.update(serve(t, made), OWN_FILE);
  await drawn(own.host);
  assert.deepEqual(chips(own.host), [EDGE_CUT.words, HEAD_OFF.words]);
  assert.deepEqual(await actionsOf(own.host), []);
});

test("a stand-alone page only names the interventions", async (t) => {
  const tokens = madeTokens(8);
  const files = filesOf(tokens, [madeLayer(2, 8, 1)], [], null, null, {
    ...SOME,
    maskToken: true,
  });
  const bytes = (name) => files.get(name)().arrayBuffer();
  const manifest = JSON.parse(new TextDecoder().decode(await bytes("manifest.json")));
  const content = { view: "head", link: "heads=0&pinned=query,3", manifest, files: {} };
  const host = openScreen(t).body.appendChild(document.createElement("div"));
  await showStandalone(host, /** @type {any} */ (content), async (name) => await bytes(name));
  await drawn(host.querySelector(".bertviz-standalone"));
  assert.deepEqual(chips(host), [EDGE_CUT.words, HEAD_OFF.words]);
  assert.deepEqual(await actionsOf(host), []);
});
