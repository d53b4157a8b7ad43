import assert from "node:assert/strict";
import test from "node:test";
import { Trace } from "../../assets/core/data/trace.js";
import { attentionPartsOf, longerSideLength } from "../../assets/core/state/attention_part.js";

/** @typedef {import("../../assets/core/data/wire.js").Component} Component */
/** @typedef {import("../../assets/core/data/wire.js").Token} Token */

/**
 * One token for each letter: A or B is a token of that segment, any other letter a special token.
 * @param {string} segments
 * @returns {Token[]}
 */
function tokensOf(segments) {
  return [...segments].map((letter) => ({
    text: letter,
    vocabulary: letter,
    token_id: 1,
    start: 0,
    end: 1,
    segment: letter === "A" || letter === "B" ? letter : null,
    special: letter !== "A" && letter !== "B",
    part: [1, 1],
  }));
}

/**
 * @param {Component[]} components
 * @param {string} source
 * @param {string} [target]
 * @returns {Trace}
 */
function traceOf(components, source, target) {
  const manifest = {
    version: 1,
    model: { model_id: "some/model", revision: "0123abc" },
    source: tokensOf(source),
    target: target === undefined ? null : tokensOf(target),
    components: components.map((component) => ({
      component,
      query_tokens: component === "decoder" || component === "cross" ? "target" : "source",
      key_tokens: component === "decoder" ? "target" : "source",
      query_bin: 1,
      key_bin: 1,
      overviews: [],
      scores: [],
      layers: [],
    })),
    scores: [],
    ready: [],
  };
  return new Trace(manifest, () => assert.fail("a test without files read one"));
}

test("a single text has one attention part, which is all of it", () => {
  assert.deepEqual(attentionPartsOf(traceOf(["self"], "[AAA]")), [
    { label: "All", component: "self", queries: [0, 5], keys: [0, 5] },
  ]);
});

test("a pair of texts has five attention parts, in BertViz's order", () => {
  const parts = attentionPartsOf(traceOf(["self"], "[AA]BBB]"));
  assert.deepEqual(
    parts.map(({ label }) => label),
    [
      "All",
      "Sentence A -> Sentence A",
      "Sentence B -> Sentence B",
      "Sentence A -> Sentence B",
      "Sentence B -> Sentence A",
    ],
  );
});

test("the first separator belongs to sentence A, the last one to sentence B", () => {
  const spans = attentionPartsOf(traceOf(["self"], "[AA]BBB]")).map(({ queries, keys }) => [
    queries,
    keys,
  ]);
  const [whole, a, b] = [
    [0, 8],
    [0, 4],
    [4, 8],
  ];
  assert.deepEqual(spans, [
    [whole, whole],
    [a, a],
    [b, b],
    [a, b],
    [b, a],
  ]);
});

test("the four parts of a pair cover the whole without overlap", () => {
  const [all, ...pairs] = attentionPartsOf(traceOf(["self"], "[A]]BBBB]"));
  const cells = new Set();
  for (const { queries, keys } of pairs) {
    for (let query = queries[0]; query < queries[1]; query++) {
      for (let key = keys[0]; key < keys[1]; key++) {
        assert.ok(!cells.has(`${query} ${key}`));
        cells.add(`${query} ${key}`);
      }
    }
  }
  assert.equal(cells.size, all.queries[1] * all.keys[1]);
});

test("an encoder-decoder model has three attention parts with their own axes", () => {
  const parts = attentionPartsOf(traceOf(["encoder", "decoder", "cross"], "AAA]", "[AA"));
  assert.deepEqual(parts, [
    { label: "Encoder", component: "encoder", queries: [0, 4], keys: [0, 4] },
    { label: "Decoder", component: "decoder", queries: [0, 3], keys: [0, 3] },
    { label: "Cross", component: "cross", queries: [0, 3], keys: [0, 4] },
  ]);
});

test("the length of the longer side is that of the longer axis", () => {
  const part = (/** @type {[number, number]} */ queries, /** @type {[number, number]} */ keys) =>
    longerSideLength({ label: "", component: "self", queries, keys });
  assert.equal(part([0, 5], [5, 12]), 7);
  assert.equal(part([0, 9], [3, 4]), 9);
});
