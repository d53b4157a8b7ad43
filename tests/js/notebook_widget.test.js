// A widget of a notebook shows a page in a frame, and passes it the files that the kernel sends.

import assert from "node:assert/strict";
import test from "node:test";
import widget from "../../assets/notebook/widget.js";
import { openPage } from "./dom.js";

/** Return a widget in a document, the requests that it has sent, and a function that answers. */
function rendered() {
  const document = openPage();
  const el = document.createElement("div");
  const sent = [];
  const listeners = new Set();
  const model = {
    get: (name) => ({ page: "<p>page</p>", title: "Head view" })[name],
    send: (message) => sent.push(message),
    on: (_, listener) => listeners.add(listener),
    off: (_, listener) => listeners.delete(listener),
  };
  const remove = widget.render({ model, el });
  const answer = (...values) => {
    for (const listener of listeners) listener(...values);
  };
  return { frame: el.querySelector("iframe"), sent, answer, remove, listeners };
}

/** Return a view of the second and third of four bytes. */
const part = () => new DataView(Uint8Array.from([1, 2, 3, 4]).buffer, 1, 2);

test("the page is in a frame with a title", () => {
  const { frame } = rendered();
  assert.equal(frame.srcdoc, "<p>page</p>");
  assert.equal(frame.title, "Head view");
});

test("a page receives the bytes of the file that it has requested", async () => {
  const { frame, sent, answer } = rendered();
  const [first, second] = [frame.readFile("a"), frame.readFile("b")];
  assert.deepEqual(
    sent.map(({ name }) => name),
    ["a", "b"],
  );
  answer({ id: sent[1].id }, [new DataView(new ArrayBuffer(0))]);
  answer({ id: sent[0].id }, [part()]);
  assert.deepEqual(new Uint8Array(await first), Uint8Array.from([2, 3]));
  assert.equal((await second).byteLength, 0);
});

test("equal requests have different ids, and an answer to another output is ignored", async () => {
  const { frame, sent, answer } = rendered();
  const first = frame.readFile("a");
  answer({ id: sent[0].id }, [part()]);
  await first;
  frame.readFile("a");
  assert.notEqual(sent[0].id, sent[1].id);
  answer({ id: "another output" }, [part()]);
});

test("an error of the kernel is an error of the request", async () => {
  const { frame, sent, answer } = rendered();
  const file = frame.readFile("a");
  answer({ id: sent[0].id, error: "This Space's disk is full." }, []);
  await assert.rejects(file, /disk is full/);
});

test("a removed widget listens to nothing", () => {
  const { remove, listeners } = rendered();
  assert.equal(listeners.size, 1);
  remove();
  assert.equal(listeners.size, 0);
});
