// What a file that stands alone holds of a result.

import assert from "node:assert/strict";
import test from "node:test";
import { Trace } from "../../assets/core/data/trace.js";
import { embeddedFiles } from "../../assets/core/export/embedded_files.js";

/**
 * A model of 12 layers of 12 heads of 64 numbers, on a text.
 * @param {number} tokens
 */
function traceOf(tokens) {
  const layers = Array.from({ length: 12 }, (_, layer) => ({
    layer,
    file: `layer-${layer}`,
    num_heads: 12,
    num_key_value_heads: 12,
    head_dim: 64,
  }));
  const overviews = [{ file: "overview", layers: layers.map(({ layer }) => layer) }];
  const component = { component: "self", query_tokens: "source", key_tokens: "source" };
  const manifest = {
    source: Array(tokens).fill({}),
    components: [{ ...component, layers, overviews }],
  };
  return new Trace(/** @type {any} */ (manifest), () => assert.fail("no file is read"));
}

const ALL = Array.from({ length: 12 }, (_, layer) => `layer-${layer}`);
const EVERY = [...Array(12).keys()];

test("of a short text all is held, whatever is on view", () => {
  assert.deepEqual(embeddedFiles("head", traceOf(100), "self", [3]), ["overview", ...ALL]);
});

test("of a long text the layer on view is held", () => {
  assert.deepEqual(embeddedFiles("head", traceOf(1000), "self", [3]), ["layer-3"]);
  assert.deepEqual(embeddedFiles("model", traceOf(1000), "self", [3]), ["overview", "layer-3"]);
});

test("of all heads of a very long text the overviews are held", () => {
  assert.deepEqual(embeddedFiles("model", traceOf(4000), "self", EVERY), ["overview"]);
});

test("a layer that is too large is refused with what to do", () => {
  assert.throws(() => embeddedFiles("head", traceOf(40_000), "self", [0]), /shorten the text\.$/);
});
