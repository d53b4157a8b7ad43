import assert from "node:assert/strict";
import { test } from "node:test";
import { addShortcuts } from "../../assets/page/shortcuts.js";
import { openPage, timers } from "./dom.js";

/** Resolve when a shortcut that was pressed before has pressed its button. */
async function buttonPressed() {
  await timers();
  await timers();
}

function press(element, init) {
  const event = new window.KeyboardEvent("keydown", { ...init, bubbles: true, cancelable: true });
  element.dispatchEvent(event);
  return event;
}

for (const [keys, runs] of [
  [{ key: "Enter", ctrlKey: true }, 1],
  [{ key: "Enter", metaKey: true }, 1],
  [{ key: "Enter" }, 0],
  [{ key: "a", ctrlKey: true }, 0],
]) {
  test(`${JSON.stringify(keys)} in a text field presses Run ${runs} times`, async () => {
    const document = openPage();
    addShortcuts(document);
    let pressed = 0;
    document.querySelector("#bertviz-run").addEventListener("click", () => pressed++);
    const event = press(document.querySelector("textarea"), keys);
    await buttonPressed();
    assert.equal(pressed, runs);
    assert.equal(event.defaultPrevented, runs === 1);
  });
}

test("Ctrl+Enter in the model field runs what Gradio accepts in a timer of the event", async () => {
  const document = openPage();
  addShortcuts(document);
  const happened = [];
  document.querySelector("#bertviz-run").addEventListener("click", () => happened.push("run"));
  // Gradio listens at the root of its page.
  document.body.addEventListener("keydown", () => setTimeout(() => happened.push("accepted")));
  press(document.querySelector("input"), { key: "Enter", ctrlKey: true });
  await buttonPressed();
  assert.deepEqual(happened, ["accepted", "run"]);
});

test("a click into a dropdown selects its text, and a click elsewhere selects nothing", () => {
  const document = openPage();
  addShortcuts(document);
  const dropdown = document.querySelector("input");
  document.querySelector("textarea").click();
  assert.equal(dropdown.selectionEnd - dropdown.selectionStart, 0);
  dropdown.click();
  assert.deepEqual([dropdown.selectionStart, dropdown.selectionEnd], [0, "tiny-bert".length]);
});

test("Ctrl+Enter in the popover of a comparison presses Compare, and not Run", async () => {
  const document = openPage();
  addShortcuts(document);
  const pressed = [];
  for (const id of ["bertviz-run", "bertviz-compare-run"]) {
    document.getElementById(id).addEventListener("click", () => pressed.push(id));
  }
  press(document.querySelector("#bertviz-compare textarea"), { key: "Enter", ctrlKey: true });
  await buttonPressed();
  assert.deepEqual(pressed, ["bertviz-compare-run"]);
});
