import assert from "node:assert/strict";
import { test } from "node:test";
import { computeAccessibleDescription } from "dom-accessibility-api";
import { createLinkButton } from "../../assets/page/link_button.js";
import { openPage, timers } from "./dom.js";

function open({ clipboard, query = "?text=a" } = {}) {
  const document = openPage(query);
  Object.defineProperty(window.navigator, "clipboard", { value: clipboard });
  const { update: updateTo } = createLinkButton(document);
  const update = (request) => updateTo(request, location.href);
  const button = document.querySelector("#bertviz-link");
  return { button, update, dialog: document.querySelector("[role=dialog]"), document };
}

test("the button is shown once there is a link", () => {
  const { button, update } = open();
  assert.equal(button.classList.contains("bertviz-has-link"), false);
  update("text=a");
  assert.equal(button.classList.contains("bertviz-has-link"), true);
});

test("the button copies the address and reports that it did", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const copied = [];
  const { button, update, dialog } = open({
    clipboard: { writeText: async (text) => copied.push(text) },
  });
  update("text=a");
  button.click();
  await Promise.resolve();
  assert.deepEqual(copied, ["http://localhost/space/?text=a"]);
  await Promise.resolve();
  assert.equal(button.textContent, "Copied");
  assert.equal(dialog.hidden, true);
  context.mock.timers.tick(3000);
  assert.equal(button.textContent, "Copy link");
});

for (const [request, notice] of [
  [null, "No link to a local file: use Save"],
  ["", "Text too long for a link"],
]) {
  test(`without a link the button is disabled and says: ${notice}`, (context) => {
    context.mock.timers.enable({ apis: ["setTimeout"] });
    const { button, update, dialog } = open();
    update(request);
    assert.equal(button.getAttribute("aria-disabled"), "true");
    assert.equal(computeAccessibleDescription(button), notice);
    button.click();
    assert.equal(button.textContent, notice);
    assert.equal(dialog.hidden, true);
    update("text=a");
    assert.equal(button.getAttribute("aria-disabled"), "false");
    assert.equal(button.title, "");
  });
}

for (const [reason, clipboard] of [
  ["the page has no clipboard", undefined],
  ["the browser refuses", { writeText: () => Promise.reject(new Error("refused")) }],
]) {
  test(`the link is offered in a dialog if ${reason}`, async () => {
    const { button, update, dialog, document } = open({ clipboard });
    update("text=a");
    button.click();
    await timers();
    const field = dialog.querySelector("input");
    assert.equal(dialog.hidden, false);
    assert.equal(field.value, "http://localhost/space/?text=a");
    assert.equal(document.activeElement, field);
    assert.deepEqual([field.selectionStart, field.selectionEnd], [0, field.value.length]);
  });
}

test("the clipboard is not used if the page around this one forbids it", async () => {
  const { button, update, dialog, document } = open({ clipboard: { writeText: assert.fail } });
  document.featurePolicy = { allowsFeature: () => false };
  update("text=a");
  button.click();
  await timers();
  assert.equal(dialog.hidden, false);
});

for (const close of [
  (dialog) => dialog.querySelector("button").click(),
  (dialog) => {
    const pressed = new window.KeyboardEvent("keydown", { key: "Escape", bubbles: true });
    dialog.querySelector("input").dispatchEvent(pressed);
  },
]) {
  test("closing the dialog moves the focus back to the button", async () => {
    const { button, update, dialog, document } = open();
    update("text=a");
    button.click();
    await timers();
    close(dialog);
    assert.equal(dialog.hidden, true);
    assert.equal(document.activeElement, button);
  });
}

test("an open dialog follows the address", async () => {
  const { button, update, dialog } = open();
  update("text=a");
  button.click();
  await timers();
  window.history.replaceState(null, "", "?text=b");
  update("text=b");
  assert.equal(dialog.querySelector("input").value, "http://localhost/space/?text=b");
});
