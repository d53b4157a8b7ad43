// The differences between the weights of two runs, for alignments that are drawn at random.

import assert from "node:assert/strict";
import test from "node:test";
import { alignedUnits, alignmentOf, invertAlignment } from "../../assets/core/data/alignment.js";
import { NOTHING_HIDDEN } from "../../assets/core/data/filter.js";
import { openTrace } from "../../assets/core/data/open_trace.js";
import { componentFilter } from "../../assets/core/formula/filtered_weights.js";
import { HeadDifference } from "../../assets/core/geometry/head_difference.js";
import { HeadLines, MIN_OPACITY } from "../../assets/core/geometry/head_lines.js";
import { numRows, rowsOf } from "../../assets/core/geometry/rows.js";
import { madeLayer, madeTokens, serveMade } from "./made_trace.js";

const AXES = /** @type {const} */ (["query", "key"]);
const NUM_HEADS = 3;

/** Return a function that returns random numbers from 0 to 1, the same in each run. */
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** Return an ascending alignment of two texts, in which some tokens of both have no partner. */
function randomAlignment(random, length, otherLength) {
  let next = 0;
  return Array.from({ length }, () => {
    next += Math.floor(2 * random());
    if (random() < 0.3 || next >= otherLength) return -1;
    return next++;
  });
}

/**
 * Open two runs that are compared.
 * @param {import("node:test").TestContext} t
 * @param {number} seed
 * @param {{isSame?: boolean, filter?: object}} [options] whether the other run is this run
 */
async function openRuns(t, seed, { isSame = false, filter = {} } = {}) {
  const random = randomNumbers(seed);
  const length = 4 + Math.floor(9 * random());
  const otherLength = isSame ? length : 4 + Math.floor(9 * random());
  const source = isSame ? [...Array(length).keys()] : randomAlignment(random, length, otherLength);
  const tokens = madeTokens(length);
  const otherTokens = madeTokens(otherLength);
  for (const each of [tokens, otherTokens]) each[0] = { ...each[0], special: true };
  const layer = madeLayer(NUM_HEADS, length, seed);
  const otherLayer = isSame ? layer : madeLayer(NUM_HEADS, otherLength, seed + 100);
  const compared = { differs: ["text"], source, tokens: otherTokens, layers: [otherLayer] };
  const { url } = serveMade(t, tokens, [layer], [], null, null, { compared });
  const trace = await openTrace(url);
  const { other } = trace;
  const chosen = { ...NOTHING_HIDDEN, ...filter };
  const aligned = alignedUnits(
    alignmentOf(trace, "self", "query"),
    trace.units("self", chosen.words).query,
    other.units("self", chosen.words).query,
  );
  const runOf = async (run) => ({
    name: "the other",
    layer: await run.layer("self", 0),
    filter: componentFilter(chosen, run, "self"),
    tokens: run.units("self", chosen.words).query.tokens,
  });
  const [own, theirs] = [await runOf(trace), await runOf(other)];
  const back = invertAlignment(aligned, theirs.tokens.length);
  return {
    own: { ...own, aligned: { query: back, key: back } },
    other: { ...theirs, aligned: { query: aligned, key: aligned } },
    aligned,
  };
}

function differenceOf(own, other, heads, size = 1) {
  const rows = rowsOf(own.tokens, [0, own.tokens.length], size);
  return new HeadDifference(own.layer, heads, rows, rows, own.filter, other);
}

function linesOf({ layer, filter, tokens }, heads) {
  const rows = rowsOf(tokens, [0, tokens.length], 1);
  return new HeadLines(layer, heads, rows, rows, filter);
}

/** Make all rows of lines known, as the search of the figure does. */
function knowRows(lines, tokens) {
  for (const position of tokens.keys()) lines.weightsOfToken({ axis: "query", position });
  return lines;
}

const FILTERS = {
  "all weights": {},
  "without special tokens": { special: true },
  "without special tokens, renormalized": { special: true, renormalize: true },
  "the largest weights": { mass: 0.7 },
  words: { words: true },
};

for (const [name, filter] of Object.entries(FILTERS)) {
  test(`a difference is that of the weights of both figures: ${name}`, async (t) => {
    for (let seed = 1; seed <= 8; seed++) {
      const { own, other, aligned } = await openRuns(t, seed, { filter });
      for (const heads of [[1], [0, 2]]) {
        const difference = knowRows(differenceOf(own, other, heads), own.tokens);
        const [ownLines, otherLines] = [own, other].map((run) => {
          return knowRows(linesOf(run, heads), run.tokens);
        });
        for (const axis of AXES) {
          for (const position of own.tokens.keys()) {
            const weights = ownLines.weightsOfToken({ axis, position });
            const there = aligned[position];
            const others = there >= 0 && otherLines.weightsOfToken({ axis, position: there });
            const expected = weights.map((weight, at) =>
              others && aligned[at] >= 0 ? weight - others[aligned[at]] : Number.NaN,
            );
            assert.deepEqual(difference.weightsOfToken({ axis, position }), expected);
            assert.deepEqual(difference.weightsOfRow(axis, position), expected);
            const visible = [...expected.keys()].filter(
              (at) => Math.abs(expected[at]) >= MIN_OPACITY,
            );
            const drawn = difference.linesOfRow(axis, position);
            assert.deepEqual([...drawn.others], visible);
            assert.deepEqual(
              [...drawn.weights],
              visible.map((at) => expected[at]),
            );
          }
        }
      }
    }
  });
}

test("a run has no difference from itself", async (t) => {
  for (const filter of Object.values(FILTERS)) {
    const { own, other } = await openRuns(t, 3, { isSame: true, filter });
    for (const size of [1, 2]) {
      const difference = differenceOf(own, other, [0, 1], size);
      for (const axis of AXES) {
        for (let row = 0; row < numRows(difference.queryRows); row++) {
          assert.equal(difference.linesOfRow(axis, row).others.length, 0);
          assert.ok(difference.weightsOfRow(axis, row).every((change) => change === 0));
        }
      }
    }
  }
});

test("a difference has the other sign if the runs are swapped", async (t) => {
  for (let seed = 1; seed <= 8; seed++) {
    const { own, other, aligned } = await openRuns(t, seed);
    const one = differenceOf(own, other, [2]);
    const swapped = differenceOf(other, own, [2]);
    for (const axis of AXES) {
      for (const [position, there] of aligned.entries()) {
        if (there < 0) continue;
        const changes = one.weightsOfToken({ axis, position });
        const back = swapped.weightsOfToken({ axis, position: there });
        for (const [at, otherAt] of aligned.entries()) {
          if (otherAt >= 0) assert.equal(changes[at], -back[otherAt] || 0);
        }
      }
    }
  }
});

test("between rows of several tokens there are the largest increase and the largest decrease", async (t) => {
  for (let seed = 1; seed <= 8; seed++) {
    const { own, other } = await openRuns(t, seed);
    const single = differenceOf(own, other, [1]);
    const pooled = differenceOf(own, other, [1], 4);
    const { edges } = pooled.queryRows;
    for (let query = 0; query < numRows(pooled.queryRows); query++) {
      const { others, weights } = pooled.linesOfRow("query", query);
      for (let key = 0; key < numRows(pooled.keyRows); key++) {
        const changes = [];
        for (let position = edges[query]; position < edges[query + 1]; position++) {
          const row = single.weightsOfToken({ axis: "query", position });
          changes.push(
            ...row.slice(edges[key], edges[key + 1]).filter((each) => !Number.isNaN(each)),
          );
        }
        const extremes = [Math.max(0, ...changes), Math.min(0, ...changes)];
        const drawn = [...weights].filter((_, at) => others[at] === key);
        assert.deepEqual(
          drawn,
          extremes.filter((change) => Math.abs(change) >= MIN_OPACITY),
        );
        const farthest = extremes[0] >= -extremes[1] ? extremes[0] : extremes[1];
        const shown = pooled.weightsOfRow("query", query)[key];
        if (changes.length === 0) assert.ok(Number.isNaN(shown));
        else if (changes.some((change) => change === farthest)) assert.equal(shown, farthest);
        const back = pooled.weightsOfRow("key", key)[query];
        assert.ok(Math.abs(back - shown) < 1e-6 || (Number.isNaN(back) && Number.isNaN(shown)));
      }
    }
  }
});

test("lines of another run are other lines", async (t) => {
  const { own, other } = await openRuns(t, 5);
  const difference = differenceOf(own, other, [0]);
  const { queryRows: rows } = difference;
  assert.ok(difference.matches(own.layer, [0], rows, rows, own.filter, other));
  assert.ok(!difference.matches(own.layer, [0], rows, rows, own.filter, null));
  assert.ok(!difference.matches(own.layer, [1], rows, rows, own.filter, other));
  const swapped = { ...other, layer: own.layer };
  assert.ok(!difference.matches(own.layer, [0], rows, rows, own.filter, swapped));
  const lines = new HeadLines(own.layer, [0], rows, rows, own.filter);
  assert.ok(lines.matches(own.layer, [0], rows, rows, own.filter));
  assert.ok(!lines.matches(own.layer, [0], rows, rows, own.filter, other));
});
