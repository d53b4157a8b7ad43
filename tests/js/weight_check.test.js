// The comparison of the page's weights with those of the model, on the golden trace, and its
// description.

import assert from "node:assert/strict";
import test from "node:test";
import { decodeSafetensors } from "../../assets/core/data/safetensors.js";
import { checkHead, checkNote } from "../../assets/core/formula/weight_check.js";
import { goldenTrace, readGolden } from "./golden.js";

/** For rounding to float32 and another order of sums. */
const TOLERANCE = 1e-5;

const expected = decodeSafetensors(await readGolden("weights.safetensors"));

test("weights are compared with those that the model reported", async (t) => {
  const trace = await goldenTrace(t);
  const layer = await trace.layer("cross", 0);
  const python = expected.get("cross-0")?.data ?? [];
  const model = layer.model_weights?.data ?? [];
  for (const head of [0, 3]) {
    const check = checkHead(layer, head);
    const differences = [1, 4].map((query, row) =>
      Math.max(
        ...Array.from({ length: 7 }, (_, key) =>
          Math.abs(python[(head * 5 + query) * 7 + key] - model[(head * 2 + row) * 7 + key]),
        ),
      ),
    );
    assert.deepEqual([...(check?.byQuery.keys() ?? [])], [1, 4]);
    differences.forEach((difference, row) => {
      assert.ok(Math.abs((check?.byQuery.get([1, 4][row]) ?? 0) - difference) < TOLERANCE);
    });
    assert.equal(check?.largest, Math.max(...(check?.byQuery.values() ?? [])));
    assert.ok(differences.some((difference) => difference > 0.01));
  }
  assert.equal(checkHead(await trace.layer("cross", 1), 0), null);
});

test("NaN as a weight of the model fails the check", async (t) => {
  const layer = { ...(await (await goldenTrace(t)).layer("cross", 0)) };
  const { shape = [], data } = layer.model_weights ?? {};
  const broken = Float32Array.from(data ?? []);
  broken[3] = Number.NaN;
  layer.model_weights = { shape, data: broken };
  assert.equal(checkHead(layer, 0)?.largest, Infinity);
});

const CHECK = {
  largest: 2.4e-7,
  byQuery: new Map([
    [0, 2.4e-7],
    [3, 0],
  ]),
};

test("the note on a check gives the largest difference, and in detail that of the query", () => {
  assert.deepEqual(checkNote(CHECK, 24, null), {
    text: "Matches the model's own attention (max. difference 2.4e-7 over 2 of 24 queries)",
    detail: "",
    outcome: "agrees",
  });
  assert.match(checkNote(CHECK, 2, null).text, /over all 2 queries\)$/);
  assert.equal(checkNote(CHECK, 24, 0).text, checkNote(CHECK, 24, null).text);
  assert.equal(checkNote(CHECK, 24, 0).detail, "This query: max. difference 2.4e-7.");
  assert.equal(checkNote(CHECK, 24, 3).detail, "This query: max. difference 0.");
  assert.equal(checkNote(CHECK, 24, 5).detail, "This query was not compared.");
});

test("differences above 1e-4 fail the check, and a layer without weights is unchecked", () => {
  const of = (/** @type {number} */ largest) =>
    checkNote({ largest, byQuery: new Map([[0, largest]]) }, 1, null);
  assert.equal(of(9e-5).outcome, "agrees");
  assert.equal(of(1.1e-4).outcome, "differs");
  assert.match(of(0.3141).text, /^Differs from the model's own attention \(max. difference 0\.31 /);
  assert.equal(of(Infinity).outcome, "differs");
  assert.equal(checkNote(null, 5, 2).outcome, "unchecked");
  assert.match(checkNote(null, 5, 2).text, /^Not checked/);
});
