import assert from "node:assert/strict";
import test from "node:test";
import { rankWeights } from "../../assets/core/state/weight_ranking.js";
import { weightText } from "../../assets/core/text/number_format.js";

/** Return a function that returns random numbers from 0 to 1, the same in each run. */
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** Return a row of softmax weights; a larger temperature makes them more equal. */
function softmaxRow(random, length) {
  const temperature = 4 * random();
  const exponentials = Array.from({ length }, () =>
    Math.exp((random() - 0.5) / (temperature + 0.01)),
  );
  const sum = exponentials.reduce((total, each) => total + each, 0);
  return Float32Array.from(exponentials, (each) => each / sum);
}

test("the ranking is in descending order, complete, and says how many weights hold 90 %", () => {
  const random = randomNumbers(1);
  for (let trial = 0; trial < 300; trial++) {
    const weights = softmaxRow(random, 1 + Math.floor(40 * random()));
    const max = 1 + Math.floor(12 * random());
    const { largest, others, total, numMost } = rankWeights(weights, max);
    assert.equal(largest.length, Math.min(max, weights.length));
    assert.ok(Math.abs(total - 1) < 1e-5);
    assert.ok(Math.abs(largest.at(-1).sum + others - total) < 1e-9);
    let sum = 0;
    for (const [at, { index, weight, sum: running }] of largest.entries()) {
      assert.equal(weight, weights[index]);
      if (at > 0) assert.ok(weight <= largest[at - 1].weight);
      sum += weight;
      assert.ok(Math.abs(running - sum) < 1e-12);
    }
    const sorted = [...weights].sort((one, other) => other - one);
    const sumOf = (count) => sorted.slice(0, count).reduce((before, each) => before + each, 0);
    assert.ok(sumOf(numMost) >= 0.9 * total - 1e-12);
    assert.ok(sumOf(numMost - 1) < 0.9 * total);
  }
});

test("equal weights are in the order of the text", () => {
  const { largest } = rankWeights(Float32Array.of(0.25, 0.25, 0.25, 0.25), 3);
  assert.deepEqual(
    largest.map(({ index }) => index),
    [0, 1, 2],
  );
});

test("a row without weights has no sum", () => {
  const { largest, total, numMost } = rankWeights(new Float32Array(2), 5);
  assert.deepEqual([largest.length, total, numMost], [2, 0, 0]);
});

test("a weight has three decimals, and a small one is not written as zero", () => {
  assert.deepEqual([0, 0.0004, 0.00099, 0.001, 0.12345, 1].map(weightText), [
    "0.000",
    "<0.001",
    "<0.001",
    "0.001",
    "0.123",
    "1.000",
  ]);
});
