// What a model predicts: the section of the inspector, and the column beside the queries of the head view.

import assert from "node:assert/strict";
import test from "node:test";
import { fixedNumber, weightText } from "../../assets/core/text/number_format.js";
import { serveGolden } from "./golden.js";
import { listedTokens } from "./made_predictions.js";
import { layerOfWeights, madeTokens, serveMade, servePair } from "./made_trace.js";
import { drawn, GOLDEN_URL, mountView, scrollTo, showView, until } from "./mounted_view.js";
import { allByRole, byRole, click, figure, hover, leave, pick, texts, token } from "./reader.js";
import { isVisible } from "./screen.js";

/** A weight on the query itself. */
const SAME = (_, query, key) => Number(query === key);

/** Show a made text with predictions, as soon as they are known. */
async function showMade(t, name, { numTokens = 12, offset = 1, link = "", change = () => {} }) {
  const tokens = madeTokens(numTokens);
  change(tokens);
  const layer = layerOfWeights(2, numTokens, SAME);
  const result = serveMade(t, tokens, [layer], [], { offset });
  const { host } = await showView(t, name, { ...result, options: { link } });
  await known(host);
  return { host, tokens, ...result };
}

/** Show the decoder of the golden trace in a view. */
async function showGolden(t, name, link = "block=Decoder") {
  const requests = serveGolden(t);
  const { host } = await showView(t, name, { url: GOLDEN_URL, options: { link } });
  await known(host);
  return { host, requests };
}

/** Wait until the predictions that a view fetches have arrived. */
async function known(host) {
  hover(token(figure(host), "queries", 0));
  await until(host, () => Boolean(sectionOf(host)));
  leave(host.ownerDocument);
}

/** Return the visible section of the inspector, or null. */
function sectionOf(host) {
  const section = host.querySelector(".bertviz-prediction");
  return isVisible(section) ? section : null;
}

/** Return what the section says. */
function read(host) {
  const section = sectionOf(host);
  return (
    section && {
      title: section.querySelector("h3").textContent,
      sentence: section.querySelector("p").textContent,
      rows: [...section.querySelectorAll("tbody tr")].map((row) => texts(row.children)),
    }
  );
}

/** Return the texts of the column, row by row. */
function column(host) {
  const shown = texts(host.querySelectorAll(".bertviz-predictions text"));
  return Array.from({ length: shown.length / 2 }, (_, row) => shown.slice(2 * row, 2 * row + 2));
}

for (const name of ["head", "neuron", "matrix"]) {
  test(`the ${name} view says what the model predicts after the highlighted token`, async (t) => {
    const { host } = await showGolden(t, name);
    const queries = ".bertviz-token[data-position='2']";
    hover(host.querySelector(`${name === "matrix" ? ".bertviz-queries " : ""}${queries}`));
    assert.deepEqual(read(host), {
      title: "Prediction after ␣",
      sentence: "The next token, end, has rank 1: probability 0.368, log-probability −1.00.",
      rows: [
        ["end", "in the text", "0.375"],
        ["The", "", "0.250"],
      ],
    });
    leave(host.ownerDocument);
    assert.equal(read(host), null);
  });
}

test("the section shows the spelling in the vocabulary, and a bar for each probability", async (t) => {
  const { host } = await showGolden(t, "head");
  hover(token(figure(host), "keys", 1));
  const cells = [...sectionOf(host).querySelectorAll("tbody th")];
  assert.deepEqual(
    cells.map(({ title }) => title),
    ["ðŁ", "end"],
  );
  const shares = cells.map(({ style }) => style.getPropertyValue("--bertviz-share"));
  assert.deepEqual(shares, ["75%", "12.5%"]);
});

test("at the last token of a text there is no next token", async (t) => {
  const { host } = await showGolden(t, "head");
  hover(token(figure(host), "queries", 4));
  assert.equal(read(host).sentence, "The text ends here.");
  assert.deepEqual(read(host).rows[0], ["The", "", "0.250"]);
});

test("only the tokens of the side that is predicted have predictions", async (t) => {
  const { host } = await showGolden(t, "head");
  pick(host, "Attention", "Cross");
  await drawn(host);
  hover(token(figure(host), "keys", 1));
  assert.equal(read(host), null);
  hover(token(figure(host), "queries", 1));
  assert.equal(read(host).title, "Prediction after The");
  pick(host, "Attention", "Encoder");
  await drawn(host);
  hover(token(figure(host), "queries", 1));
  assert.equal(read(host), null);
});

test("a masked model predicts at the token itself", async (t) => {
  const { host, tokens } = await showMade(t, "head", { offset: 0 });
  hover(token(figure(host), "queries", 5));
  const [first] = listedTokens(tokens, 5);
  assert.deepEqual(read(host).rows[0], ["␣word5", "in the text", weightText(first.probability)]);
  const log = fixedNumber(Math.log(first.probability), 2);
  assert.equal(read(host).title, "Prediction at word5");
  assert.equal(
    read(host).sentence,
    `The model has read the token in the text, word5. It has rank 1: probability ${weightText(first.probability)}, log-probability ${log}.`,
  );
});

test("what follows a word follows its last token", async (t) => {
  // Tokens 2 and 3 are one word.
  const change = (tokens) => Object.assign(tokens[3], { start: tokens[2].end });
  const { host } = await showMade(t, "head", { link: "filter=words", change });
  hover(token(figure(host), "queries", 2));
  assert.equal(read(host).title, "Prediction after word2word3");
  assert.equal(read(host).rows[0][0], "␣word3");
});

test("a word of several tokens that a masked model predicts one by one has no prediction", async (t) => {
  const change = (tokens) => Object.assign(tokens[3], { start: tokens[2].end });
  const { host } = await showMade(t, "head", { offset: 0, link: "filter=words", change });
  hover(token(figure(host), "queries", 2));
  assert.equal(read(host), null);
  hover(token(figure(host), "queries", 3));
  assert.equal(read(host).title, "Prediction at word4");
});

test("several pinned tokens have no prediction together", async (t) => {
  const { host } = await showMade(t, "head", {});
  click(token(figure(host), "queries", 2));
  await drawn(host);
  assert.equal(read(host).title, "Prediction after word2");
  click(token(figure(host), "queries", 4), { shiftKey: true });
  await drawn(host);
  assert.equal(read(host), null);
});

test("an empty view does not offer predictions", async (t) => {
  const { host, view } = mountView(t, "head");
  assert.deepEqual(allByRole(host, "button", "Predictions"), []);
  const tokens = madeTokens(3);
  await view.update(serveMade(t, tokens, [layerOfWeights(1, 3, SAME)], [], { offset: 1 }).url);
  await drawn(host);
  assert.equal(allByRole(host, "button", "Predictions").length, 1);
});

test("without predictions, the inspector of a highlighted token says why", async (t) => {
  const { host } = await showView(t, "head", servePair(t));
  assert.equal(read(host), null);
  hover(token(figure(host), "queries", 2));
  const sentence = "This trace is made without predictions.";
  assert.deepEqual(read(host), { title: "Prediction", sentence, rows: [] });
  assert.equal(isVisible(sectionOf(host).querySelector("table")), false);
  assert.deepEqual(allByRole(host, "button", "Predictions"), []);
});

test("the predictions are fetched once, after the figure is drawn", async (t) => {
  const { host, requests } = await showMade(t, "head", { numTokens: 8 });
  for (const row of [1, 2, 3]) hover(token(figure(host), "queries", row));
  const isOf = (name) => name === "predictions.safetensors";
  assert.equal(requests.filter(isOf).length, 1);
  assert.ok(requests.findIndex(isOf) > requests.indexOf("self-0.safetensors"));
});

test("the column shows the most likely token of each query, until the reader hides it", async (t) => {
  const { host, tokens } = await showMade(t, "head", {});
  assert.deepEqual(column(host), []);
  const before = figure(host).querySelector(".bertviz-queries .bertviz-token");
  const x = () => Number(before.getAttribute("transform").match(/[\d.]+/)[0]);
  const xWithout = x();
  click(byRole(host, "button", "Predictions"));
  await drawn(host);
  assert.equal(byRole(host, "button", "Predictions").getAttribute("aria-pressed"), "true");
  const expected = tokens.map((_, position) => {
    const [{ token, probability }] = listedTokens(tokens, position);
    return [`␣${token.text}`, weightText(probability)];
  });
  assert.deepEqual(column(host), expected);
  const shown = [...host.querySelectorAll(".bertviz-predictions text")];
  assert.ok(shown.every((each) => Number(each.getAttribute("x")) < x()));
  click(byRole(host, "button", "Predictions"));
  await drawn(host);
  assert.deepEqual([column(host), x()], [[], xWithout]);
});

test("a link shows the column, and the reset hides it", async (t) => {
  const { host } = await showMade(t, "head", { link: "predictions=1" });
  assert.equal(column(host).length, 12);
  click(byRole(host, "button", "Reset"));
  await drawn(host);
  assert.deepEqual(column(host), []);
});

test("the column has the rows that are visible, and none that pool several tokens", async (t) => {
  const { host, tokens } = await showMade(t, "head", { numTokens: 400, link: "predictions=1" });
  const first = column(host);
  assert.ok(first.length > 10 && first.length < 100);
  await scrollTo(figure(host), 4000);
  const rows = [...figure(host).querySelectorAll(".bertviz-queries .bertviz-token")];
  const positions = rows.map(({ dataset }) => Number(dataset.position)).sort((a, b) => a - b);
  assert.ok(column(host).length > 10);
  const labels = new Set(positions.map((position) => `␣${tokens[position].text}`));
  assert.ok(column(host).every(([label]) => labels.has(label)));
  click(byRole(host, "button", "Show all tokens at once"));
  assert.deepEqual(column(host), []);
});

test("a part whose queries are not predicted has no column, and offers none", async (t) => {
  const { host } = await showGolden(t, "head", "block=Decoder&predictions=1");
  assert.deepEqual(column(host)[0], ["The", "0.500"]);
  pick(host, "Attention", "Encoder");
  await drawn(host);
  assert.deepEqual(column(host), []);
  assert.deepEqual(allByRole(host, "button", "Predictions"), []);
  pick(host, "Attention", "Cross");
  await drawn(host);
  assert.equal(column(host).length, 5);
});

test("a long token is cut at the edge of the picture", async (t) => {
  const change = (tokens) => {
    for (const each of tokens) each.text = "extraordinarily";
  };
  const { host } = await showMade(t, "head", { link: "predictions=1", change });
  for (const [label] of column(host)) assert.match(label, /^␣extra[a-z]*…$/);
});

test("the Save menu offers the predictions of a result that has them", async (t) => {
  const offered = (host) => {
    host.querySelector(".bertviz-saving summary").click();
    return allByRole(host, "button", "Predictions as CSV").length;
  };
  assert.equal(offered((await showMade(t, "head", {})).host), 1);
  assert.equal(offered((await showView(t, "head", servePair(t))).host), 0);
});
