// What the head view shows of two compared runs, as a choice.

import assert from "node:assert/strict";
import test from "node:test";
import { chooseComparison, shownComparison } from "../../assets/core/state/comparison.js";
import { NOTHING_CHOSEN } from "../../assets/core/state/selection.js";

const COMPARISONS = ["alone", "both", "difference"];
const differing = (...differs) => ({ compared: { differs } });

test("a run with interventions is first shown alone, and another text or model beside it", () => {
  const shown = (...differs) => shownComparison(NOTHING_CHOSEN, differing(...differs));
  assert.equal(shown("interventions"), "alone");
  for (const differs of [["text"], ["model"], ["interventions", "text"], ["text", "model"]]) {
    assert.equal(shown(...differs), "both");
  }
});

test("what the reader chooses is shown, whatever differs", () => {
  for (const comparison of COMPARISONS) {
    const selection = chooseComparison(NOTHING_CHOSEN, comparison);
    for (const differs of ["interventions", "text", "model"]) {
      assert.equal(shownComparison(selection, differing(differs)), comparison);
    }
  }
});

test("a result that is compared with none is shown alone, and keeps the choice", () => {
  for (const comparison of [null, ...COMPARISONS]) {
    const selection = { ...NOTHING_CHOSEN, comparison };
    assert.equal(shownComparison(selection, { compared: null }), "alone");
  }
  const { comparison, ...others } = chooseComparison(NOTHING_CHOSEN, "difference");
  assert.equal(comparison, "difference");
  assert.deepEqual({ ...others, comparison: null }, NOTHING_CHOSEN);
});
