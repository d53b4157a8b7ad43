// The predictions of the other run of a comparison, beside those of this run.

import assert from "node:assert/strict";
import test from "node:test";
import { predictionChangeInWords } from "../../assets/core/text/prediction_change.js";
import { layerOfWeights, madeTokens, serveMade } from "./made_trace.js";
import { drawn, showView, until } from "./mounted_view.js";
import { allByRole, figure, hover, texts, token } from "./reader.js";
import { isVisible } from "./screen.js";

const CUT = [{ spelling: "cut *-2", words: "every token → “word2” (2) cut" }];
const CHANGES = "changes.safetensors";

/** Return a layer of two heads, in which each token attends to itself. */
const layerOf = (numTokens) =>
  layerOfWeights(2, numTokens, (_, query, key) => Number(query === key));

/**
 * Return another run, by default of the same text without interventions.
 * @param {Partial<import("./made_files.js").MadeOther>} [more]
 */
function otherRun(more = {}) {
  const tokens = more.tokens ?? madeTokens(8);
  const source = [...madeTokens(8).keys()];
  return { differs: ["interventions"], source, layers: [layerOf(tokens.length)], ...more, tokens };
}

/** Return a run on another text: a token before the others, no token 3, and another token at its end. */
function otherText(more = {}) {
  const [first, ...others] = madeTokens(9);
  const word = (token, text) => ({ ...token, text, vocabulary: text });
  const renamed = others.map((each, at) => word(each, at === 7 ? "end" : `word${at}`));
  const tokens = [word(first, "Now"), ...renamed];
  return otherRun({ differs: ["text"], source: [1, 2, 3, -1, 5, 6, 7, -1], tokens, ...more });
}

const INTERVENED = { interventions: CUT, compared: otherRun() };

/** Show a made text, and wait until the prediction for the token of a row is known. */
async function show(t, name, { made = INTERVENED, offset = 1, row = 4, link = "", tokens } = {}) {
  const text = tokens ?? madeTokens(8);
  const predictions = { offset };
  const { url, requests } = serveMade(t, text, [layerOf(text.length)], [], predictions, null, made);
  const predictMasked = async () => undefined;
  const choices = [link, "comparison=alone"].filter(Boolean).join("&");
  const { host } = await showView(t, name, { url, options: { link: choices, predictMasked } });
  if (!link) hover(token(figure(host), "queries", row));
  await until(host, () => isVisible(host.querySelector(".bertviz-prediction")));
  return { host, requests };
}

/** Return what a section says, or null. */
function read(host, name) {
  const section = host.querySelector(name);
  if (!isVisible(section)) return null;
  return {
    title: section.querySelector("h3").textContent,
    tooltip: section.querySelector("h3").title,
    sentence: section.querySelector("p").textContent,
    rows: [...section.querySelectorAll("tbody tr")].map((row) => texts(row.children)),
  };
}

const other = (host) => read(host, ".bertviz-other-prediction");
const own = (host) => read(host, ".bertviz-prediction");

for (const name of ["head", "neuron", "matrix"]) {
  test(`the ${name} view lists the prediction without interventions after that of this run`, async (t) => {
    const { host } = await show(t, name);
    assert.deepEqual(own(host).rows, [
      ["␣word4", "", "0.500"],
      ["␣word5", "in the text", "0.250"],
      ["␣word6", "", "0.125"],
    ]);
    assert.deepEqual(other(host), {
      title: "Without interventions",
      tooltip: "",
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
    other(host).sentence,
    "Log-probability of ␣word7: −1.674 → −8.000 (−6.326). Divergence: 1.750 nats.",
  );
  assert.equal(own(host).sentence, "The text ends here.");
});

test("a result that is compared with none has one list, and fetches one file", async (t) => {
  const { host, requests } = await show(t, "head", { made: {} });
  assert.equal(other(host), null);
  assert.ok(!requests.includes(CHANGES));
});

test("the predictions of the other run are fetched once", async (t) => {
  const { host, requests } = await show(t, "head");
  for (const row of [1, 2, 3]) hover(token(figure(host), "queries", row));
  for (const file of ["other-predictions.safetensors", CHANGES]) {
    assert.equal(requests.filter((name) => name === file).length, 1);
  }
});

test("the prediction on another text is the one at the aligned token", async (t) => {
  const { host } = await show(t, "head", { made: { compared: otherText() }, row: 2 });
  assert.equal(own(host).rows[0][0], "␣word2");
  assert.deepEqual(other(host), {
    title: "In “Now word0 word1 word2 word3 word4 word…”",
    tooltip: "“Now word0 word1 word2 word3 word4 word5 word6 end”",
    sentence: "Log-probability of word3: −2.367 → −2.485 (−0.118). Divergence: 0.500 nats.",
    rows: [
      ["␣word2", "", "0.188"],
      ["␣word3", "in the text", "0.094"],
      ["␣word4", "", "0.047"],
    ],
  });
});

test("where the texts go on with other tokens, the sentence is about the most likely one", async (t) => {
  const made = { compared: otherText() };
  const { host } = await show(t, "head", { made, row: 6 });
  assert.deepEqual(other(host).rows[1], ["␣end", "in the text", "0.094"]);
  assert.equal(
    other(host).sentence,
    "Log-probability of ␣word6: −1.674 → −7.000 (−5.326). Divergence: 1.500 nats.",
  );
});

test("at a token that is not aligned, the other run has no table", async (t) => {
  const { host } = await show(t, "head", { made: { compared: otherText() }, row: 3 });
  assert.equal(own(host).rows.length, 3);
  assert.deepEqual(other(host).rows, []);
  assert.equal(other(host).sentence, "No token of the other run is aligned with word3.");
  assert.ok(!isVisible(host.querySelector(".bertviz-other-prediction table")));
  hover(token(figure(host), "queries", 4));
  assert.equal(other(host).rows.length, 3);
});

test("the prediction of another model has the model's name", async (t) => {
  const compared = otherRun({ differs: ["model"], modelId: "org/tuned" });
  const { host } = await show(t, "head", { made: { compared } });
  assert.equal(other(host).title, "In org/tuned");
  assert.equal(other(host).tooltip, "org/tuned");
  assert.match(other(host).sentence, /^Log-probability of word5: −0\.981 → −1\.386 /);
});

test("another model that predicts nothing says why", async (t) => {
  const reason = "org/encoder predicts no tokens.";
  const compared = otherRun({ differs: ["model"], modelId: "org/encoder", reason });
  const { host, requests } = await show(t, "head", { made: { compared } });
  assert.equal(other(host).title, "In org/encoder");
  assert.equal(other(host).sentence, reason);
  assert.deepEqual(other(host).rows, []);
  assert.ok(!requests.includes(CHANGES));
});

test("without the changes, the sentence is about a token of both texts, or there is none", async (t) => {
  const made = { compared: otherText({ hasChanges: false }) };
  const { host, requests } = await show(t, "head", { made, row: 2 });
  assert.equal(other(host).sentence, "Log-probability of word3: −2.367 → −2.485 (−0.118).");
  hover(token(figure(host), "queries", 6));
  assert.equal(other(host).sentence, "");
  assert.equal(other(host).rows.length, 3);
  assert.ok(!requests.includes(CHANGES));
});

test("a result with interventions does not offer to mask the pinned token in a run without them", async (t) => {
  const link = "pinned=query,5";
  const masks = (host) => allByRole(host, "button", "Mask this token").length;
  assert.equal(masks((await show(t, "head", { made: {}, offset: 0, link })).host), 1);
  const { host } = await show(t, "head", { offset: 0, link });
  assert.equal(masks(host), 0);
  assert.match(other(host).sentence, /^Log-probability of word5: /);
});

test("at a masked token, both lists are about the token that it replaces", async (t) => {
  const text = madeTokens(8);
  const tokens = text.with(5, { ...text[5], text: "[MASK]" });
  const interventions = [{ spelling: "mask 5", words: "“word5” (5) masked" }];
  const made = { interventions, replaced: { 5: text[5] }, compared: otherRun() };
  const masked = await show(t, "head", { made, tokens, offset: 0, link: "pinned=query,5" });
  assert.equal(own(masked.host).title, "Prediction at [MASK]");
  assert.match(own(masked.host).sentence, /^word5 has rank 1: /);
  assert.match(other(masked.host).sentence, /^Log-probability of word5: /);
  await drawn(masked.host);
  const causal = await show(t, "head", { made, tokens, row: 4 });
  assert.match(own(causal.host).sentence, /^The next token, word5, /);
  assert.deepEqual(other(causal.host).rows[1], ["␣word5", "in the text", "0.375"]);
});

const LISTED = [{ text: " garden", vocabulary: "Ġgarden", probability: Math.exp(-0.5) }];
const [GARDEN] = madeTokens(1).map((each) => ({ ...each, text: "garden" }));
const CHANGE = { divergence: -1e-9, likeliestLogProbability: -3 };
const predicted = (logProbability) => ({ listed: LISTED, actual: { rank: 1, logProbability } });
const otherAt = (prediction, actual, change = CHANGE) => ({
  position: 0,
  prediction,
  actual,
  change,
});

test("the change of a token has a sign", () => {
  const change = { divergence: 6.7, likeliestLogProbability: -3 };
  const words = (first, second) =>
    predictionChangeInWords(otherAt(predicted(first), GARDEN, change), predicted(second), GARDEN);
  const end = "Divergence: 6.700 nats.";
  assert.equal(words(-0.02, -6.9), `Log-probability of garden: −0.020 → −6.900 (−6.880). ${end}`);
  assert.equal(words(-6.9, -0.02), `Log-probability of garden: −6.900 → −0.020 (+6.880). ${end}`);
  assert.equal(words(-1, -1.0001), `Log-probability of garden: −1.000 → −1.000 (0.000). ${end}`);
});

test("where the text's token is not known, only the divergence is", () => {
  const unknown = { listed: LISTED, actual: null };
  const words = (token) => predictionChangeInWords(otherAt(unknown, token), unknown, token);
  assert.equal(words(GARDEN), "Divergence: 0.000 nats.");
  assert.equal(
    words(undefined),
    "Log-probability of ␣garden: −0.500 → −3.000 (−2.500). Divergence: 0.000 nats.",
  );
});

test("where only one of the texts ends, the sentence is about the most likely token", () => {
  const ends = { listed: LISTED, actual: null };
  const sentence = "Log-probability of ␣garden: −0.500 → −3.000 (−2.500). Divergence: 0.000 nats.";
  assert.equal(predictionChangeInWords(otherAt(ends, undefined), predicted(-1), GARDEN), sentence);
  assert.equal(predictionChangeInWords(otherAt(predicted(-1), GARDEN), ends, undefined), sentence);
  assert.equal(predictionChangeInWords(otherAt(ends, undefined, null), predicted(-1), GARDEN), "");
});
