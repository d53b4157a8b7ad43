// The heads of a result, ranked by their scores.

import assert from "node:assert/strict";
import test from "node:test";
import {
  bestScore,
  largestScore,
  presentScores,
  rankHeads,
  scoreOf,
} from "../../assets/core/state/head_ranking.js";
import { randomNumbers } from "./exact_area.js";

const NUM_SCORES = 4;

/** Return scores of a few layers: some are equal, some are absent, and the last is absent everywhere. */
function randomScores(random) {
  const layers = [7, 2, 0].slice(Math.floor(3 * random()));
  return new Map(
    layers.map((layer) => {
      const numHeads = 1 + Math.floor(6 * random());
      const numbers = Array.from({ length: numHeads * NUM_SCORES }, (_, at) =>
        random() < 0.3 || at % NUM_SCORES === NUM_SCORES - 1
          ? Number.NaN
          : Math.floor(5 * random()) / 4,
      );
      return [layer, { shape: [numHeads, NUM_SCORES], data: Float32Array.from(numbers) }];
    }),
  );
}

test("the ranking contains the largest scores in order, and only heads that have the score", () => {
  const random = randomNumbers(3);
  for (let trial = 0; trial < 200; trial++) {
    const scores = randomScores(random);
    const all = [...scores].flatMap(([layer, { shape }]) =>
      Array.from({ length: shape[0] }, (_, head) => [layer, head]),
    );
    for (let index = 0; index < NUM_SCORES; index++) {
      const of = ([layer, head]) => scoreOf(scores.get(layer), head, index);
      const expected = all.filter((place) => !Number.isNaN(of(place)));
      const ranked = rankHeads(scores, index, 5);
      assert.equal(ranked.length, Math.min(5, expected.length));
      for (const { layer, head, score } of ranked) assert.equal(score, of([layer, head]));
      const rank = ({ layer, head, score }) => -1e6 * score + 1e3 * layer + head;
      const places = expected.map(([layer, head]) =>
        rank({ layer, head, score: of([layer, head]) }),
      );
      assert.deepEqual(ranked.map(rank), places.sort((a, b) => a - b).slice(0, 5));
    }
  }
});

test("the largest score of all heads, and the best score of a head, are the maxima", () => {
  const random = randomNumbers(4);
  for (let trial = 0; trial < 100; trial++) {
    const scores = randomScores(random);
    for (let index = 0; index < NUM_SCORES; index++) {
      const ofHeads = [...scores.values()].flatMap((tensor) =>
        Array.from({ length: tensor.shape[0] }, (_, head) => scoreOf(tensor, head, index)),
      );
      const known = ofHeads.filter((score) => !Number.isNaN(score));
      assert.equal(largestScore(scores, index), Math.max(0, ...known));
    }
    for (const tensor of scores.values()) {
      for (let head = 0; head < tensor.shape[0]; head++) {
        const compared = [0, 2, 3].map((index) => [scoreOf(tensor, head, index), index]);
        const present = compared.filter(([score]) => !Number.isNaN(score));
        const max = Math.max(...present.map(([score]) => score));
        const [first] = present.filter(([score]) => score === max);
        const expected = first ? { index: first[1], score: max } : null;
        assert.deepEqual(bestScore(tensor, head, [0, 2, 3]), expected);
      }
    }
  }
});

test("a score is present if one head has it", () => {
  const [nan, one] = [Number.NaN, 1];
  const layer = (...data) => ({ shape: [data.length / 3, 3], data: Float32Array.from(data) });
  assert.deepEqual(presentScores(new Map()), []);
  assert.deepEqual(presentScores(new Map([[0, layer(nan, nan, nan)]])), []);
  const scores = new Map([
    [0, layer(nan, one, nan, nan, nan, nan)],
    [1, layer(nan, nan, nan, one, nan, nan)],
  ]);
  assert.deepEqual(presentScores(scores), [0, 1]);
});
