// The name of the run that a result is compared with.

import assert from "node:assert/strict";
import test from "node:test";
import { otherRunInShort, otherRunInWords } from "../../assets/core/text/other_run.js";
import { madeTokens } from "./made_trace.js";

const other = { model: { model_id: "org/tuned" }, source: madeTokens(3), target: null };
const named = (...differs) => otherRunInWords({ compared: { differs, other } });

test("the other run is named by what differs from this run", () => {
  assert.equal(named("interventions"), "the run without interventions");
  assert.equal(named("text"), "“word0 word1 word2”");
  assert.equal(named("model"), "org/tuned");
  assert.equal(named("text", "model"), "org/tuned on “word0 word1 word2”");
  assert.equal(named("interventions", "model"), "org/tuned");
});

test("a result that is compared with none has no name for another run", () => {
  assert.equal(otherRunInWords({ compared: null }), "");
});

test("a short name keeps the quotation mark of a text that is cut", () => {
  const shortOf = (differs, source) =>
    otherRunInShort({ compared: { differs, other: { ...other, source } } });
  assert.equal(shortOf(["text"], madeTokens(3)), "“word0 word1 word2”");
  assert.equal(shortOf(["model"], madeTokens(99)), "org/tuned");
  const cut = shortOf(["model", "text"], madeTokens(99));
  assert.equal(cut, "org/tuned on “word0 word1 word2 word3 w…”");
  assert.equal(shortOf(["interventions"], madeTokens(99)), "the run without interventions");
});
