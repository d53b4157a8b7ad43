// Lists of interventions, as links spell them, and results that differ only in them.

import assert from "node:assert/strict";
import test from "node:test";
import {
  addIntervention,
  edgeCut,
  headOff,
  interventionsOf,
  maskedPositions,
  removeInterventions,
  tokenMasked,
} from "../../assets/core/state/interventions.js";
import { areOfSameText } from "../../assets/core/state/same_text.js";
import { madeTokens } from "./made_trace.js";

const CELL = { layer: 10, head: 3 };
const SPELLINGS = [
  "cut *-2",
  "cut 7-2",
  "cut 7-2 L0",
  "mask 4",
  "mean L0H3",
  "zero L0H3",
  "zero L10H3",
];

test("a head, an edge and a token have the spellings of links", () => {
  assert.equal(headOff("zero", "self", CELL), "zero L10H3");
  assert.equal(headOff("mean", "cross", CELL), "mean cross L10H3");
  assert.equal(edgeCut("self", { key: 2 }), "cut *-2");
  assert.equal(edgeCut("self", { query: 0, key: 2 }), "cut 0-2");
  assert.equal(edgeCut("self", { query: 7, key: 0 }, { layer: 0 }), "cut 7-0 L0");
  assert.equal(edgeCut("self", { query: 7, key: 2 }, { layer: 0, head: 0 }), "cut 7-2 L0H0");
  assert.equal(edgeCut("cross", { key: 2 }), "cut *-2 cross");
  assert.equal(edgeCut("decoder", { query: 7, key: 2 }, CELL), "cut 7-2 decoder L10H3");
  assert.equal(tokenMasked(4), "mask 4");
});

test("a result without interventions has an empty list", () => {
  assert.deepEqual(interventionsOf({ intervened: null }), []);
  const interventions = SPELLINGS.map((spelling) => ({ spelling, words: "" }));
  assert.deepEqual(interventionsOf({ intervened: { interventions } }), SPELLINGS);
});

test("adding is idempotent, in any order", () => {
  const forward = SPELLINGS.reduce(addIntervention, []);
  assert.deepEqual(forward, SPELLINGS);
  assert.deepEqual(SPELLINGS.toReversed().reduce(addIntervention, []), forward);
  for (const each of SPELLINGS) assert.deepEqual(addIntervention(forward, each), forward);
});

test("removing undoes adding", () => {
  for (const [at, each] of SPELLINGS.entries()) {
    const others = SPELLINGS.toSpliced(at, 1);
    assert.deepEqual(removeInterventions(addIntervention(others, each), [each]), others);
    assert.deepEqual(removeInterventions(others, [each]), others);
  }
  assert.deepEqual(removeInterventions(SPELLINGS, SPELLINGS), []);
});

test("the masked tokens of a list have their positions", () => {
  assert.deepEqual(maskedPositions([...SPELLINGS, "mask 12"]), [4, 12]);
});

/** A manifest of a text with interventions. */
function manifestOf(tokens, ...spellings) {
  const interventions = spellings.map((spelling) => ({ spelling, words: spelling }));
  const intervened = spellings.length ? { interventions } : null;
  const model = { model_id: "made/model", revision: "main" };
  return /** @type {any} */ ({ model, source: tokens, target: null, intervened });
}

test("results with and without interventions are of one text, also if a token is masked", () => {
  const text = madeTokens(5);
  const masked = text.with(4, { ...text[4], text: "[MASK]", vocabulary: "[MASK]" });
  const [plain, cut] = [manifestOf(text), manifestOf(text, "cut *-2")];
  assert.ok(areOfSameText(plain, cut));
  assert.ok(areOfSameText(manifestOf(masked, "mask 4"), cut));
  assert.ok(!areOfSameText(manifestOf(masked, "mask 3"), cut));
  assert.ok(areOfSameText(plain, manifestOf(text)));
});

test("results of other texts or models are not of one text", () => {
  const text = madeTokens(5);
  const cut = manifestOf(text, "cut *-2");
  const other = text.with(1, { ...text[1], vocabulary: "other" });
  const model = { model_id: "other/model", revision: "main" };
  for (const manifest of [
    manifestOf(other),
    manifestOf(madeTokens(6)),
    { ...manifestOf(text), target: text },
    { ...manifestOf(text), model },
  ]) {
    assert.ok(!areOfSameText(manifest, cut));
    assert.ok(!areOfSameText(cut, manifest));
  }
});
