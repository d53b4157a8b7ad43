import assert from "node:assert/strict";
import { test } from "node:test";
import { addSkipLink } from "../../assets/page/skip_link.js";
import { openPage } from "./dom.js";

test("the skip link is before the form and moves the focus to the panel of the open tab", () => {
  const document = openPage("?text=a");
  addSkipLink(document);
  const link = document.querySelector("a, button, input, textarea");
  assert.equal(link.textContent, "Skip to the figure");
  for (const view of ["head", "neuron"]) {
    document.querySelector(`#bertviz-${view}-tab-button`).click();
    link.click();
    assert.equal(document.activeElement.id, `bertviz-${view}-tab`);
  }
  assert.equal(location.href, "http://localhost/space/?text=a");
});
