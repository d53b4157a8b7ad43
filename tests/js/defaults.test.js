// How a view returns to its defaults: the Reset button, and a result of another model.

import assert from "node:assert/strict";
import test from "node:test";
import { serveGolden } from "./golden.js";
import {
  layerOfWeights,
  madeTokens,
  serveMade,
  servePair,
  tokensOfOtherText,
} from "./made_trace.js";
import { drawn, GOLDEN_URL, showView } from "./mounted_view.js";
import { byRole, click, figure, pick, token, tokens } from "./reader.js";

const ALL_HEADS = "0 1 2 3 4 5 6 7 8 9 10 11";

/** Show the pair in the head view, with another layer, one head and a pinned token. */
async function showChosen(t) {
  const pair = servePair(t);
  const { host, view } = await showView(t, "head", pair);
  pick(host, "Layer", "3");
  click(byRole(host, "button", "Head 2"), { shiftKey: true });
  click(token(figure(host), "queries", 2));
  assert.equal(await drawn(host), "All, layer 3, heads 2");
  assert.equal(host.querySelectorAll(".bertviz-pinned").length, 1);
  return { host, view, ...pair };
}

test("the same text keeps the pinned token", async (t) => {
  const { host, view, tokens: shown, layers } = await showChosen(t);
  await view.update(serveMade(t, shown, layers).url);
  assert.equal(await drawn(host), "All, layer 3, heads 2");
  assert.equal(host.querySelectorAll(".bertviz-pinned").length, 1);
});

test("Reset returns to the first layer and all heads, and unpins the token", async (t) => {
  const { host } = await showChosen(t);
  click(byRole(host, "button", "Reset"));
  assert.equal(await drawn(host), `All, layer 0, heads ${ALL_HEADS}`);
  assert.equal(host.querySelectorAll(".bertviz-pinned").length, 0);
});

test("Reset returns to the default zoom", async (t) => {
  const layer = layerOfWeights(1, 400, (_, query, key) => Number(query === key));
  const { host } = await showView(t, "head", serveMade(t, madeTokens(400), [layer]));
  const before = tokens(figure(host), "queries").length;
  click(byRole(host, "button", "Show all tokens at once"));
  assert.notEqual(tokens(figure(host), "queries").length, before);
  click(byRole(host, "button", "Reset"));
  await drawn(host);
  assert.equal(tokens(figure(host), "queries").length, before);
});

test("a result of another model is shown with the defaults", async (t) => {
  const { host, view } = await showChosen(t);
  serveGolden(t);
  await view.update(GOLDEN_URL);
  assert.equal(await drawn(host), "Encoder, layer 0, heads 0 1 2 3");
});

test("another text of the same model keeps layer and heads, and unpins the token", async (t) => {
  const { host, view, tokens: shown, layers } = await showChosen(t);
  await view.update(serveMade(t, tokensOfOtherText(shown), layers).url);
  assert.equal(await drawn(host), "All, layer 3, heads 2");
  assert.equal(host.querySelectorAll(".bertviz-pinned").length, 0);
});
