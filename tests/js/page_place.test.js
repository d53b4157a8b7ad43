// Which page around the page receives its query string.

import assert from "node:assert/strict";
import { test } from "node:test";
import { JSDOM } from "jsdom";
import { isInHubPage, PagePlace } from "../../assets/page/page_place.js";

const HUB = "https://huggingface.co";

/** Return the window of a page in a frame, and the messages to the page around it. */
function framed({ ancestorOrigins, referrer = "", body = "" }) {
  const messages = [];
  const { document } = new JSDOM(body, {
    referrer: referrer || undefined,
    url: "https://app.test/",
  }).window;
  const window = {
    document,
    location: { href: "https://app.test/?text=a", ancestorOrigins },
    parent: { postMessage: (...message) => messages.push(message) },
  };
  window.self = window;
  return { window, messages };
}

const query = (text) => new URLSearchParams({ __theme: "dark", __sign: "secret", text });

for (const [name, frame] of [
  ["its first ancestor", { ancestorOrigins: [HUB] }],
  ["the referrer, in a browser without ancestors", { referrer: `${HUB}/spaces/someone/bertviz` }],
]) {
  test(`the Hub's page is recognized by ${name}, and receives each new query string once`, () => {
    const { window, messages } = framed(frame);
    const place = new PagePlace(window, "", "https://app.test/gradio_api/file=/a.js");
    for (const text of ["a", "a", "b"]) place.report(query(text));
    assert.deepEqual(messages, [
      [{ queryString: "text=a", hash: "" }, HUB],
      [{ queryString: "text=b", hash: "" }, HUB],
    ]);
  });
}

for (const [name, frame] of [
  ["another origin", { ancestorOrigins: ["https://blog.test"] }],
  ["another origin in the Hub's page", { ancestorOrigins: ["https://blog.test", HUB] }],
  ["an origin that begins like the Hub's", { ancestorOrigins: [`${HUB}.blog.test`] }],
  ["the Hub's origin without encryption", { ancestorOrigins: ["http://huggingface.co"] }],
  ["an opaque origin", { ancestorOrigins: ["null"], referrer: `${HUB}/` }],
  ["an unknown origin", {}],
  ["the Hub's page with a <gradio-app>", { ancestorOrigins: [HUB], body: "<gradio-app src=a>" }],
]) {
  test(`a page around the page receives nothing: ${name}`, () => {
    const { window, messages } = framed(frame);
    new PagePlace(window, "", "https://app.test/gradio_api/file=/a.js").report(query("a"));
    assert.deepEqual(messages, []);
  });
}

test("a page in a window of its own is in no page of the Hub", () => {
  const { window } = framed({ ancestorOrigins: [HUB] });
  window.parent = window;
  assert.equal(isInHubPage(window), false);
});
