// The effects of heads on a prediction: their order, their names and the CSV table.

import assert from "node:assert/strict";
import test from "node:test";
import { layersToSweep } from "../../assets/core/data/sweep.js";
import { effectTable } from "../../assets/core/export/effect_table.js";
import { chooseComponent } from "../../assets/core/state/attention_part.js";
import { headEffects, largestEffect, rankEffects } from "../../assets/core/state/head_effects.js";
import { NOTHING_CHOSEN } from "../../assets/core/state/selection.js";
import {
  effectInWords,
  effectsInWords,
  headOfEffect,
} from "../../assets/core/text/effect_in_words.js";

const LAYERS = [
  { component: "decoder", layer: 0, changes: [0.5, -6.8721234] },
  { component: "decoder", layer: 1, changes: [-0.5, 0] },
  { component: "cross", layer: 0, changes: [-1e-9, 0.25] },
];

test("heads are ranked by the size of their effect, whatever its sign", () => {
  const names = (max) => rankEffects(LAYERS, max).map((each) => headOfEffect(each, true));
  assert.deepEqual(names(4), ["Decoder L0H1", "Decoder L0H0", "Decoder L1H0", "Cross L0H1"]);
  assert.equal(names(10).length, 6);
  assert.equal(largestEffect(LAYERS), 6.8721234);
  assert.equal(largestEffect([]), 0);
});

test("an effect names the component only if there are several", () => {
  const [, effect] = headEffects(LAYERS);
  assert.equal(effectInWords(effect, false), "Layer 0, Head 1: −6.872");
  assert.equal(effectInWords(effect, true), "Decoder, Layer 0, Head 1: −6.872");
  assert.equal(headOfEffect(effect, false), "L0H1");
  const texts = headEffects(LAYERS).map((each) => effectInWords(each, false).split(": ")[1]);
  assert.deepEqual(texts, ["+0.500", "−6.872", "−0.500", "0.000", "0.000", "+0.250"]);
  assert.match(effectsInWords(-0.0251), /^Change of its log-probability \(−0\.025\) if this head/);
});

test("the table has a row for each head, with six decimals", () => {
  assert.equal(
    effectTable(LAYERS),
    [
      "component,layer,head,change",
      "decoder,0,0,0.500000",
      "decoder,0,1,-6.872123",
      "decoder,1,0,-0.500000",
      "decoder,1,1,0.000000",
      "cross,0,0,0.000000",
      "cross,0,1,0.250000",
      "",
    ].join("\r\n"),
  );
});

test("a sweep has the layers of all components, in the order of the manifest", () => {
  const components = [
    { component: "encoder", layers: [{ layer: 0, num_heads: 2 }] },
    { component: "cross", layers: [0, 1].map((layer) => ({ layer, num_heads: 3 })) },
  ];
  assert.deepEqual(layersToSweep({ components }), [
    { component: "encoder", layer: 0, numHeads: 2 },
    { component: "cross", layer: 0, numHeads: 3 },
    { component: "cross", layer: 1, numHeads: 3 },
  ]);
});

test("a part of the same component stays, and another component has its own part", () => {
  const selection = { ...NOTHING_CHOSEN, attentionPart: "Sentence A -> Sentence B" };
  assert.equal(chooseComponent(selection, { component: "self" }, "self"), selection);
  const pinned = { axis: "key", position: 3 };
  const other = chooseComponent({ ...selection, pinned }, { component: "decoder" }, "cross");
  assert.equal(other.attentionPart, "Cross");
  assert.deepEqual(other.pinned, { axis: "query", position: 3 });
});
