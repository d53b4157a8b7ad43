import assert from "node:assert/strict";
import { test } from "node:test";
import { JSDOM } from "jsdom";
import { start } from "../../assets/page/message_line.js";

function open(value) {
  const element = new JSDOM("<div><p></p></div>").window.document.querySelector("div");
  const props = { value };
  let changed;
  let numStops = 0;
  const server = {
    stop_writing: () => {
      numStops++;
      return Promise.reject(new Error("no connection"));
    },
  };
  start({ element, props, watch: (_, onChange) => (changed = onChange), server });
  const line = element.querySelector("p");
  return {
    line,
    stop: element.querySelector("button"),
    numStops: () => numStops,
    show(next) {
      props.value = next;
      changed();
    },
  };
}

test("the line shows the message that is there at the start", () => {
  const { line } = open({ text: "Loading", kind: "status" });
  assert.deepEqual([line.textContent, line.dataset.kind], ["Loading", "status"]);
});

test("the line is empty without a message", () => {
  const { line } = open("");
  assert.deepEqual([line.textContent, line.dataset.kind], ["", "status"]);
});

test("the page is marked while a text runs", () => {
  const { line, show } = open("");
  const isMarked = () => line.ownerDocument.body.className === "bertviz-running";
  for (const kind of ["step", "status", "step", "error", "writing", "step", "step"]) {
    show({ text: "Running", kind });
    assert.equal(isMarked(), kind === "step" || kind === "writing");
    assert.equal(line.dataset.kind, kind);
  }
});

test("a message is text, never HTML", () => {
  const { line, show } = open("");
  show({ text: "<b>bold</b>", kind: "error" });
  assert.equal(line.children.length, 0);
  assert.deepEqual([line.textContent, line.dataset.kind], ["<b>bold</b>", "error"]);
});

test("a resolved error leaves the line, and a newer message stays", () => {
  const { line, show } = open({ text: "No such model", kind: "error" });
  show({ text: "No such model", kind: "resolved" });
  assert.deepEqual([line.textContent, line.dataset.kind], ["", "status"]);
  show({ text: "Running", kind: "status" });
  show({ text: "No such model", kind: "resolved" });
  assert.equal(line.textContent, "Running");
});

test("a reader can stop the model while it writes, again if the server is not reached", () => {
  const { stop, numStops, show } = open("");
  assert.equal(stop.hidden, true);
  show({ text: "tiny-gpt2 writes: a …", kind: "writing" });
  assert.deepEqual([stop.textContent, stop.hidden], ["Stop writing", false]);
  stop.click();
  show({ text: "tiny-gpt2 writes: a b …", kind: "writing" });
  stop.click();
  assert.equal(numStops(), 2);
  show({ text: "tiny-gpt2", kind: "status" });
  assert.equal(stop.hidden, true);
});
