// The CSV table of predictions.

import assert from "node:assert/strict";
import test from "node:test";
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

test("with interventions, each row has the rank and the logarithm without them, and the divergence", async (t) => {
  const trace = await goldenTrace(t);
  const { manifest } = trace;
  const ranks = [7, 0, 1, 2, 0];
  const before = {
    at: (position) => {
      const rank = ranks[position];
      return { listed: [], actual: rank ? { rank, logProbability: -0.5 * rank } : null };
    },
    changeAt: (position) => ({ divergence: 0.25 * position }),
  };
  const predictions = await trace.predictions();
  const table = predictionsTable(manifest, manifest.predictions, predictions, before);
  const lines = (await new Blob(table).text()).trimEnd().split("\r\n");
  const first = lines.findIndex((line) => line.startsWith("position,"));
  assert.deepEqual(
    lines.slice(first).map((line) => line.split(",").slice(5, 9).join()),
    [
      "actual_log_probability,rank_before,log_probability_before,divergence",
      "-0.75,7,-3.5,0",
      "-4.5,,,0.25",
      "-1,1,-0.5,0.5",
      "-0.0625,2,-1,0.75",
      ",,,1",
    ],
  );
});

test("a comment names the interventions", async (t) => {
  const lines = await goldenLines(t, (manifest) => {
    const named = ["Layer 0, Head 3 off", "“a” (0) masked"].map((words) => ({ words }));
    manifest.intervened = { interventions: named, replaced: {}, before: null };
  });
  assert.ok(lines.includes('# interventions,"Layer 0, Head 3 off; “a” (0) masked"'));
});

test("no token begins a formula, and none divides a cell", async (t) => {
  const lines = await goldenLines(t, ({ target }) => {
    target[1].text = "=1+1";
    target[3].text = 'a,"b"';
  });
  assert.ok(lines.some((line) => line.startsWith("0,<s>,'=1+1,1,")));
  assert.ok(lines.some((line) => line.startsWith('2,␣,"a,""b""",1,')));
});
