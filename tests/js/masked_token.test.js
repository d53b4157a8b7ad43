// What a masked model predicts for the pinned token when it is masked: the button, the second list, and
// what the section says without an answer.

import assert from "node:assert/strict";
import test from "node:test";
import { layerOfWeights, madeTokens, serveMade } from "./made_trace.js";
import { drawn, showView, until } from "./mounted_view.js";
import { allByRole, byRole, click, figure, hover, leave, press, texts, token } from "./reader.js";
import { isVisible } from "./screen.js";

const BUTTON = "Mask this token";
const SAME = (_, query, key) => Number(query === key);

/** The answer for a token: another token is twice as likely. */
function answerOf({ text, vocabulary }) {
  return {
    listed: [
      { text: " other", vocabulary: "other", probability: 0.5 },
      { text: ` ${text}`, vocabulary, probability: 0.25 },
    ],
    actual: { rank: 2, logProbability: Math.log(0.25) },
  };
}

/** Show a made text, with a server whose answers wait for `answer` or `fail`, in the order of the calls. */
async function showMade(t, name, { offset = 0, link = "pinned=query,5" } = {}) {
  const tokens = madeTokens(12);
  const { url } = serveMade(t, tokens, [layerOfWeights(2, 12, SAME)], [], { offset });
  const asked = [];
  const settle = [];
  const predictMasked = (...args) => {
    asked.push(args);
    return new Promise((resolve, reject) => settle.push({ answer: resolve, fail: reject }));
  };
  const mounted = await showView(t, name, { url, options: { predictMasked, link } });
  await until(mounted.host, () => isVisible(mounted.host.querySelector(".bertviz-prediction")));
  const settled = async (how, at, value) => {
    settle[at][how](value);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    ...mounted,
    url,
    tokens,
    asked,
    answer: (at, value) => settled("answer", at, value),
    fail: (at) => settled("fail", at, new TypeError("Failed to fetch")),
  };
}

/** Return what the section of the masked token says, or null. */
function read(host) {
  const section = host.querySelector(".bertviz-masked-prediction");
  if (!isVisible(section)) return null;
  return {
    title: section.querySelector("h3").textContent,
    sentence: section.querySelector("p").textContent,
    rows: [...section.querySelectorAll("tbody tr")].map((row) => texts(row.children)),
  };
}

/** Return the texts of the visible buttons of the section. */
const buttons = (host) => texts(allByRole(host.querySelector(".bertviz-prediction"), "button"));

const note = (host) => host.querySelector(".bertviz-masking [role=status]").textContent;

for (const name of ["head", "neuron", "matrix"]) {
  test(`the ${name} view shows what the model predicts for the masked token`, async (t) => {
    const { host, url, tokens, asked, answer } = await showMade(t, name);
    assert.deepEqual([buttons(host), read(host)], [[BUTTON], null]);
    click(byRole(host, "button", BUTTON));
    assert.deepEqual(asked, [[url, 5]]);
    await answer(0, answerOf(tokens[5]));
    assert.deepEqual(read(host), {
      title: "Prediction at word5, masked",
      sentence: "word5 has rank 2: probability 0.250, log-probability −1.39.",
      rows: [
        ["␣other", "", "0.500"],
        ["␣word5", "in the text", "0.250"],
      ],
    });
    assert.deepEqual(buttons(host), []);
  });
}

test("the button is disabled while the model runs, and keeps the focus until the answer", async (t) => {
  const { host, tokens, asked, answer } = await showMade(t, "head");
  const button = byRole(host, "button", BUTTON);
  button.focus();
  press(document, "Enter");
  assert.equal(button.textContent, "Waiting for the server …");
  assert.equal(button.ariaDisabled, "true");
  assert.equal(document.activeElement, button);
  press(document, "Enter");
  assert.equal(asked.length, 1);
  await answer(0, answerOf(tokens[5]));
  assert.equal(document.activeElement.textContent, "Prediction at word5, masked");
});

test("the answer stays while the token is pinned, as a query or as a key", async (t) => {
  const { host, tokens, answer } = await showMade(t, "head");
  click(byRole(host, "button", BUTTON));
  await answer(0, answerOf(tokens[5]));
  hover(token(figure(host), "queries", 2));
  leave(document);
  assert.equal(read(host).title, "Prediction at word5, masked");
  click(token(figure(host), "keys", 5));
  await drawn(host);
  assert.equal(read(host).title, "Prediction at word5, masked");
  click(token(figure(host), "queries", 4));
  await drawn(host);
  assert.deepEqual([buttons(host), read(host)], [[BUTTON], null]);
});

test("an answer that arrives after another token is pinned is not shown", async (t) => {
  const { host, tokens, asked, answer } = await showMade(t, "head");
  click(byRole(host, "button", BUTTON));
  click(token(figure(host), "queries", 4));
  await drawn(host);
  assert.deepEqual(buttons(host), [BUTTON]);
  click(byRole(host, "button", BUTTON));
  assert.deepEqual(
    asked.map(([, position]) => position),
    [5, 4],
  );
  await answer(0, answerOf(tokens[5]));
  assert.deepEqual([buttons(host), read(host)], [["Waiting for the server …"], null]);
  await answer(1, answerOf(tokens[4]));
  assert.equal(read(host).title, "Prediction at word4, masked");
});

test("an error is a sentence beside the button, and the reader can try again", async (t) => {
  const { host, tokens, answer, fail } = await showMade(t, "head");
  const ask = () => click(byRole(host, "button", BUTTON));
  ask();
  await answer(0, "This result has expired. Run again.");
  assert.equal(note(host), "This result has expired. Run again.");
  assert.equal(host.querySelector(".bertviz-message").textContent, "");
  ask();
  assert.equal(note(host), "");
  await answer(1, undefined);
  assert.equal(note(host), "The server did not answer. Try again.");
  ask();
  await fail(2);
  assert.equal(note(host), "The server did not answer. Try again.");
  assert.deepEqual([buttons(host), read(host)], [[BUTTON], null]);
  ask();
  await answer(3, answerOf(tokens[5]));
  assert.deepEqual([note(host), read(host).rows.length], ["", 2]);
});

test("a token without a probability has a list without a sentence", async (t) => {
  const { host, tokens, answer } = await showMade(t, "head");
  click(byRole(host, "button", BUTTON));
  await answer(0, { ...answerOf(tokens[5]), actual: null });
  assert.equal(read(host).sentence, "");
  assert.deepEqual(read(host).rows[1], ["␣word5", "", "0.250"]);
});

test("only one pinned token of a masked model can be masked", async (t) => {
  const { host } = await showMade(t, "head");
  click(token(figure(host), "queries", 4), { shiftKey: true });
  await drawn(host);
  assert.deepEqual(buttons(host), []);
  press(document, "Escape");
  await drawn(host);
  hover(token(figure(host), "queries", 4));
  assert.deepEqual(buttons(host), []);
});

test("a causal model has no mask", async (t) => {
  const { host } = await showMade(t, "head", { offset: 1 });
  assert.deepEqual(buttons(host), []);
});

test("without a server there is no button", async (t) => {
  const { url } = serveMade(t, madeTokens(12), [layerOfWeights(2, 12, SAME)], [], { offset: 0 });
  const { host } = await showView(t, "head", { url, options: { link: "pinned=query,5" } });
  await until(host, () => isVisible(host.querySelector(".bertviz-prediction")));
  assert.deepEqual(buttons(host), []);
});
