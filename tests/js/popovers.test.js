import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { connectPopovers } from "../../assets/page/popovers.js";
import { openPage, timers } from "./dom.js";

let document;
let examples;
let ownFile;
/** @type {(() => void)[]} */
let waiting;

beforeEach(() => {
  document = openPage();
  waiting = [];
  globalThis.requestAnimationFrame = (callback) => waiting.push(callback);
  connectPopovers(document);
  [examples, ownFile] = document.querySelectorAll(".label-wrap");
});

const isOpen = (toggle) => toggle.classList.contains("open");

const press = (key) =>
  document.body.dispatchEvent(new window.KeyboardEvent("keydown", { key, bubbles: true }));

test("the button of a popover says whether its content is shown", async () => {
  assert.equal(examples.getAttribute("aria-expanded"), "false");
  examples.click();
  for (let frame = 0; frame < 3; frame++) await nextFrame();
  assert.equal(examples.getAttribute("aria-expanded"), "true");
  examples.click();
  await timers();
  assert.equal(examples.getAttribute("aria-expanded"), "false");
});

test("the content of a popover can be used after it was added and two more frames have begun", async () => {
  const compare = document.querySelector("#bertviz-compare .label-wrap");
  const content = compare.nextElementSibling;
  const added = content.innerHTML;
  content.innerHTML = "";
  compare.click();
  await nextFrame();
  await nextFrame();
  content.innerHTML = added;
  for (let frame = 0; frame < 3; frame++) {
    assert.equal(content.hasAttribute("inert"), true);
    assert.equal(compare.getAttribute("aria-expanded"), "false");
    await nextFrame();
  }
  assert.equal(content.hasAttribute("inert"), false);
  compare.click();
  compare.click();
  assert.equal(content.hasAttribute("inert"), false);
});

/** Let a frame begin, and wait until the page has handled it. */
async function nextFrame() {
  for (const callback of waiting.splice(0)) callback();
  await timers();
}

test("a popover stays open for a click into its content", () => {
  ownFile.click();
  ownFile.nextElementSibling.click();
  assert.equal(isOpen(ownFile), true);
});

test("a click elsewhere closes a popover, also a click that opens the other one", () => {
  examples.click();
  ownFile.click();
  assert.deepEqual([isOpen(examples), isOpen(ownFile)], [false, true]);
  document.querySelector(".bertviz-host").click();
  assert.equal(isOpen(ownFile), false);
});

test("Escape closes a popover and moves the focus from its content to its button", () => {
  examples.click();
  document.querySelector(".gallery-item").focus();
  press("Enter");
  assert.equal(isOpen(examples), true);
  press("Escape");
  assert.equal(isOpen(examples), false);
  assert.equal(document.activeElement, examples);
});

test("Escape leaves the focus where it is if no popover contains it", () => {
  const run = document.querySelector("#bertviz-run");
  run.focus();
  press("Escape");
  assert.deepEqual([isOpen(examples), isOpen(ownFile)], [false, false]);
  assert.equal(document.activeElement, run);
});

test("a popover closes when the focus moves out of it", () => {
  examples.focus();
  examples.click();
  document.querySelector(".gallery-item").focus();
  assert.equal(isOpen(examples), true);
  ownFile.focus();
  assert.equal(isOpen(examples), false);
});

test("a popover closes when the reader has chosen an example or a file", () => {
  examples.click();
  document.querySelector(".gallery-item").click();
  assert.equal(isOpen(examples), false);
  ownFile.click();
  const chosen = new window.Event("change", { bubbles: true });
  document.querySelector("input[type=file]").dispatchEvent(chosen);
  assert.equal(isOpen(ownFile), false);
});
