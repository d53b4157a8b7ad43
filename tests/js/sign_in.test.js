import assert from "node:assert/strict";
import { test } from "node:test";
import { handle, signInUrl } from "../../assets/page/sign_in.js";
import { openPage } from "./dom.js";

const DATA = { sign_in_label: "Sign in", names: ["model", "text", "chat"], max_characters: 40 };

/** The path of the sign-in, and the link that it returns to. */
function parse(url) {
  const { pathname, searchParams } = new URL(url, "http://localhost");
  return [pathname, searchParams.get("_target_url")];
}

test("signing in returns to a link to what the fields contain", () => {
  assert.deepEqual(parse(signInUrl(DATA, "Sign in", ["a/b", "the & cat", true])), [
    "/login/huggingface",
    "/?model=a%2Fb&text=the+%26+cat&chat=1",
  ]);
});

test("signing out returns to the link, too", () => {
  assert.deepEqual(parse(signInUrl(DATA, "Sign out (reader)", ["a", "cat", false])), [
    "/logout",
    "/?model=a&text=cat",
  ]);
});

test("empty fields are left out of the link", () => {
  assert.deepEqual(parse(signInUrl(DATA, "Sign in", ["a", "", null]))[1], "/?model=a");
});

test("a link that is too long is left out", () => {
  assert.deepEqual(parse(signInUrl(DATA, "Sign in", ["a", "b".repeat(28), false]))[1], "/");
  const text = "b".repeat(27);
  assert.equal(parse(signInUrl(DATA, "Sign in", ["a", text, false]))[1], `/?model=a&text=${text}`);
});

test("in a <gradio-app> element, signing in opens the Space's own page and not that of the host", () => {
  const document = openPage();
  document.body.innerHTML = '<gradio-app src="https://app.test"></gradio-app>';
  const opened = [];
  window.open = (...values) => opened.push(values);
  handle(DATA, "Sign in", "a", "cat", false);
  const [[url, ...target]] = opened;
  assert.equal(new URL(url).pathname, "/login/huggingface");
  assert.deepEqual(target, ["_blank", "noopener"]);
  assert.equal(location.pathname, "/space/");
});
