// The CSV table of predictions.

import assert from "node:assert/strict";
import test from "node:test";
import { OtherPredictions } from "../../assets/core/data/other_predictions.js";
import { PredictionChanges } from "../../assets/core/data/prediction_changes.js";
import { predictionsTable } from "../../assets/core/export/prediction_table.js";
import { goldenTrace } from "./golden.js";

/** Return the lines of the table of the golden trace. */
async function goldenLines(t, change = () => {}) {
  const trace = await goldenTrace(t);
  const { manifest } = trace;
  change(manifest);
  const table = predictionsTable(manifest, manifest.predictions, await trace.predictions());
  const text = await new Blob(table).text();
  return text.replace("\uFEFF", "").trimEnd().split("\r\n");
}

test("a table has a row for each position, with the next token and the listed ones", async (t) => {
  const lines = await goldenLines(t);
  const first = lines.findIndex((line) => !line.startsWith("#"));
  assert.deepEqual(lines.slice(0, 2), ['# model,"golden/model"', '# commit,"0123abc"']);
  assert.equal(lines[first - 1], '# predicted,"the token after the position"');
  assert.deepEqual(lines.slice(first), [
    "position,token,actual_token,actual_rank,actual_probability,actual_log_probability,predicted_1,probability_1,predicted_2,probability_2",
    "0,<s>,The,1,0.47236654,-0.75,The,0.5,.,0.25",
    "1,The,␣,3,0.011108996,-4.5,ðŁ,0.75,end,0.125",
    "2,␣,end,1,0.36787945,-1,end,0.375,The,0.25",
    "3,end,.,1,0.9394131,-0.0625,.,0.9375,end,0.0625",
    "4,.,,,,,The,0.25,ðŁ,0.25",
  ]);
});

/**
 * Return the cells of a table about the other run.
 * @param {import("node:test").TestContext} t
 * @param {import("../../assets/core/data/prediction_changes.js").PredictionChanges | null} changes
 * @param {number} end one past the last cell
 */
async function otherCells(t, changes, end) {
  const trace = await goldenTrace(t);
  const { manifest } = trace;
  const ranks = [7, 0, 1, 2, 0];
  const predictions = {
    at: (position) => {
      const rank = ranks[position];
      return { listed: [], actual: rank ? { rank, logProbability: -0.5 * rank } : null };
    },
  };
  const other = {
    ...manifest,
    target: manifest.target.with(3, { ...manifest.target[3], text: "fin" }),
  };
  const compared = {
    differs: ["text"],
    source: [],
    target: [-1, 0, 1, 2, 4],
    changes: null,
    other,
  };
  const others = new OtherPredictions(compared, other.predictions, predictions, changes);
  const own = await trace.predictions();
  const table = predictionsTable(manifest, manifest.predictions, own, others);
  const lines = (await new Blob(table).text()).trimEnd().split("\r\n");
  const first = lines.findIndex((line) => line.startsWith("position,"));
  return lines.slice(first).map((line) => line.split(",").slice(5, end).join());
}

test("in a comparison, each row has the position, the token and its rank in the other run", async (t) => {
  const divergences = [Number.NaN, 0.25, 0.5, 0.75, 1];
  const changes = new PredictionChanges((name) =>
    name === "divergences" ? { data: divergences } : { data: [] },
  );
  assert.deepEqual(await otherCells(t, changes, 12), [
    "actual_log_probability,other_position,other_actual_token,other_actual_rank,other_actual_probability,other_actual_log_probability,divergence",
    "-0.75,,,,,,",
    "-4.5,0,The,7,0.030197384,-3.5,0.25",
    "-1,1,␣,,,,0.5",
    "-0.0625,2,fin,1,0.60653067,-0.5,0.75",
    ",4,,,,,1",
  ]);
});

test("without the changes, a table of a comparison has no divergences", async (t) => {
  const [header, , first] = await otherCells(t, null, 12);
  assert.match(header, /,other_actual_log_probability,predicted_1$/);
  assert.match(first, /^-4\.5,0,The,7,0\.030197384,-3\.5,ðŁ$/);
});

test("a comment names the interventions", async (t) => {
  const lines = await goldenLines(t, (manifest) => {
    const named = ["Layer 0, Head 3 off", "“a” (0) masked"].map((words) => ({ words }));
    manifest.intervened = { interventions: named, replaced: {} };
  });
  assert.ok(lines.includes('# interventions,"Layer 0, Head 3 off; “a” (0) masked"'));
});

test("a comment names the run that the result is compared with", async (t) => {
  const lines = await goldenLines(t, (manifest) => {
    const model = { model_id: "org/tuned", revision: "0".repeat(40) };
    manifest.compared = { differs: ["model"], source: [], other: { ...manifest, model } };
  });
  assert.ok(lines.includes('# compared with,"org/tuned, commit 000000000000"'));
});

test("no token begins a formula, and none divides a cell", async (t) => {
  const lines = await goldenLines(t, ({ target }) => {
    target[1].text = "=1+1";
    target[3].text = 'a,"b"';
  });
  assert.ok(lines.some((line) => line.startsWith("0,<s>,'=1+1,1,")));
  assert.ok(lines.some((line) => line.startsWith('2,␣,"a,""b""",1,')));
});
