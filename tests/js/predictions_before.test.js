// The predictions without interventions, beside those with them.

import assert from "node:assert/strict";
import test from "node:test";
import { predictionChangeInWords } from "../../assets/core/text/prediction_change.js";
import { layerOfWeights, madeTokens, serveMade } from "./made_trace.js";
import { drawn, showView } from "./mounted_view.js";
import { allByRole, figure, hover, texts, token } from "./reader.js";
import { isVisible } from "./screen.js";

const CUT = { interventions: [{ spelling: "cut *-2", words: "every token → “word2” (2) cut" }] };

/** Show a made text, and wait until the prediction for the token of a row is known. */
async function show(t, name, { made = CUT, offset = 1, row = 4, link = "", tokens } = {}) {
  const text = tokens ?? madeTokens(8);
  const layer = layerOfWeights(2, text.length, (_, query, key) => Number(query === key));
  const { url, requests } = serveMade(t, text, [layer], [], { offset }, null, made);
  const predictMasked = async () => undefined;
  const { host } = await showView(t, name, { url, options: { link, predictMasked } });
  if (!link) hover(token(figure(host), "queries", row));
  await until(host, () => isVisible(host.querySelector(".bertviz-prediction")));
  return { host, requests };
}

/** Wait until a view that fetches files is in a state. */
function until(host, isReached) {
  return new Promise((resolve) => {
    const observer = new window.MutationObserver(check);
    function check() {
      if (!isReached()) return;
      observer.disconnect();
      resolve();
    }
    observer.observe(host, { attributes: true, childList: true, subtree: true });
    check();
  });
}

/** Return what a section says, or null. */
function read(host, name) {
  const section = host.querySelector(name);
  if (!isVisible(section)) return null;
  return {
    title: section.querySelector("h3").textContent,
    sentence: section.querySelector("p").textContent,
    rows: [...section.querySelectorAll("tbody tr")].map((row) => texts(row.children)),
  };
}

const before = (host) => read(host, ".bertviz-prediction-before");
const after = (host) => read(host, ".bertviz-prediction");

for (const name of ["head", "neuron", "matrix"]) {
  test(`the ${name} view lists the prediction without interventions after the other`, async (t) => {
    const { host } = await show(t, name);
    assert.deepEqual(after(host).rows, [
      ["␣word4", "", "0.500"],
      ["␣word5", "in the text", "0.250"],
      ["␣word6", "", "0.125"],
    ]);
    assert.deepEqual(before(host), {
      title: "Without interventions",
      sentence: "Log-probability of word5: −0.981 → −1.386 (−0.405). Divergence: 1.000 nats.",
      rows: [
        ["␣word4", "", "0.750"],
        ["␣word5", "in the text", "0.375"],
        ["␣word6", "", "0.188"],
      ],
    });
    const sections = [...host.querySelectorAll(".bertviz-prediction-table")].filter(isVisible);
    assert.deepEqual(texts(sections.map((each) => each.querySelector("h3"))), [
      "Prediction after word4",
      "Without interventions",
    ]);
  });
}

test("where the text ends, the sentence is about the most likely token", async (t) => {
  const { host } = await show(t, "head", { row: 7 });
  assert.equal(
    before(host).sentence,
    "Log-probability of ␣word7: −1.674 → −8.000 (−6.326). Divergence: 1.750 nats.",
  );
  assert.equal(after(host).sentence, "The text ends here.");
});

test("a result without interventions has one list, and fetches one file", async (t) => {
  const { host, requests } = await show(t, "head", { made: {} });
  assert.equal(before(host), null);
  assert.ok(!requests.includes("before.safetensors"));
});

test("the predictions without interventions are fetched once", async (t) => {
  const { host, requests } = await show(t, "head");
  for (const row of [1, 2, 3]) hover(token(figure(host), "queries", row));
  assert.equal(requests.filter((name) => name === "before.safetensors").length, 1);
});

test("a result with interventions does not offer to mask the pinned token in a run without them", async (t) => {
  const link = "pinned=query,5";
  const masks = (host) => allByRole(host, "button", "Mask this token").length;
  assert.equal(masks((await show(t, "head", { made: {}, offset: 0, link })).host), 1);
  const { host } = await show(t, "head", { offset: 0, link });
  assert.equal(masks(host), 0);
  assert.match(before(host).sentence, /^Log-probability of word5: /);
});

test("at a masked token, both lists are about the token that it replaces", async (t) => {
  const text = madeTokens(8);
  const tokens = text.with(5, { ...text[5], text: "[MASK]" });
  const interventions = [{ spelling: "mask 5", words: "“word5” (5) masked" }];
  const made = { interventions, replaced: { 5: text[5] } };
  const masked = await show(t, "head", { made, tokens, offset: 0, link: "pinned=query,5" });
  assert.equal(after(masked.host).title, "Prediction at [MASK]");
  assert.match(after(masked.host).sentence, /^word5 has rank 1: /);
  assert.match(before(masked.host).sentence, /^Log-probability of word5: /);
  await drawn(masked.host);
  const causal = await show(t, "head", { made, tokens, row: 4 });
  assert.match(after(causal.host).sentence, /^The next token, word5, /);
  assert.deepEqual(before(causal.host).rows[1], ["␣[MASK]", "in the text", "0.375"]);
});

const LISTED = [{ text: " garden", vocabulary: "Ġgarden", probability: Math.exp(-0.5) }];
const [GARDEN] = madeTokens(1).map((each) => ({ ...each, text: "garden" }));
const predicted = (logProbability) => ({ listed: LISTED, actual: { rank: 1, logProbability } });

test("the change of a token has a sign", () => {
  const change = { divergence: 6.7, likeliestLogProbability: -3 };
  const words = (first, second) =>
    predictionChangeInWords({ before: predicted(first), after: predicted(second) }, change, GARDEN);
  const end = "Divergence: 6.700 nats.";
  assert.equal(words(-0.02, -6.9), `Log-probability of garden: −0.020 → −6.900 (−6.880). ${end}`);
  assert.equal(words(-6.9, -0.02), `Log-probability of garden: −6.900 → −0.020 (+6.880). ${end}`);
  assert.equal(words(-1, -1.0001), `Log-probability of garden: −1.000 → −1.000 (0.000). ${end}`);
});

test("where the text's token is not known, only the divergence is", () => {
  const unknown = { listed: LISTED, actual: null };
  const change = { divergence: -1e-9, likeliestLogProbability: -3 };
  const predictions = { before: unknown, after: unknown };
  assert.equal(predictionChangeInWords(predictions, change, GARDEN), "Divergence: 0.000 nats.");
  assert.equal(
    predictionChangeInWords(predictions, change, undefined),
    "Log-probability of ␣garden: −0.500 → −3.000 (−2.500). Divergence: 0.000 nats.",
  );
});
