// What the attention-head view shows, and how it reacts to pointing and clicking.

import assert from "node:assert/strict";
import test from "node:test";
import { assertInk, CATEGORY10, onLine, pixels } from "./ink.js";
import { layerOfWeights, madeTokens, serveMade } from "./made_trace.js";
import { drawn, showView } from "./mounted_view.js";
import { click, figure } from "./reader.js";

const squares = (host) => [...host.querySelectorAll(".bertviz-square")];

test("the opacity of a line is its weight divided by the number of active heads", async (t) => {
  // [head][query][key]
  const weights = [
    [
      [0.6, 0.4],
      [0.0, 1.0],
    ],
    [
      [1.0, 0.0],
      [0.1, 0.9],
    ],
  ];
  const layer = layerOfWeights(2, 2, (head, query, key) => weights[head][query][key]);
  const { host } = await showView(t, "head", serveMade(t, madeTokens(2), [layer]));
  assert.equal(await drawn(host), "All, layer 0, heads 0 1");
  const across = figure(host);
  const [blue, orange] = CATEGORY10;
  const inkOf = () =>
    pixels(across, [
      onLine(across, 0, 0, 0.75),
      onLine(across, 0, 1, 0.25),
      onLine(across, 1, 0, 0.25),
    ]);
  const [both, first, second] = inkOf();
  assertInk(both, [blue, 0.6 / 2], [orange, 1.0 / 2]);
  assertInk(first, [blue, 0.4 / 2]);
  assertInk(second, [orange, 0.1 / 2]);
  click(squares(host)[1]);
  assert.equal(await drawn(host), "All, layer 0, heads 0");
  const [alone, , none] = inkOf();
  assertInk(alone, [blue, 0.6]);
  assertInk(none);
});
