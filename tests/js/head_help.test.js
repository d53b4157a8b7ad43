// The explanation of what an attention head is, in the views where a newcomer first meets heads.

import assert from "node:assert/strict";
import test from "node:test";
import { computeAccessibleName } from "dom-accessibility-api";
import { showView } from "./mounted_view.js";
import { press } from "./reader.js";

for (const name of ["head", "model"]) {
  test(`a button of the ${name} view explains what a head is, and Escape closes it`, async (t) => {
    const { host } = await showView(t, name);
    const popup = host.querySelector(".bertviz-help details");
    const [button, answer] = [popup.querySelector("summary"), popup.querySelector("p")];
    assert.equal(computeAccessibleName(button), "What is an attention head?");
    assert.equal(popup.open, false);
    button.focus();
    popup.open = true;
    assert.match(answer.textContent, /For every token .* a weight of 1 over the tokens/);
    press(document, "Escape");
    assert.equal(popup.open, false);
    assert.equal(document.activeElement, button);
  });
}
