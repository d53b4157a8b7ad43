// The name of the run that a result is compared with.

import assert from "node:assert/strict";
import test from "node:test";
import { otherRunInWords } from "../../assets/core/text/other_run.js";
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
