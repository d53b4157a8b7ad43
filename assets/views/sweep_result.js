// Describes the effects of heads on a prediction for the inspector.

import { effectTable } from "../core/export/effect_table.js";
import { headEffects, largestEffect, rankEffects } from "../core/state/head_effects.js";
import { labelOfComponent } from "../core/text/component_label.js";
import {
  changeText,
  effectInWords,
  effectsInWords,
  headOfEffect,
} from "../core/text/effect_in_words.js";
import { signColor } from "../drawing/color.js";

/** @typedef {import("../core/data/sweep.js").LayerOfHeads} LayerOfHeads */
/** @typedef {import("../core/data/sweep.js").LayerEffects} LayerEffects */
/** @typedef {import("../marks/sweep_grid.js").GridHead} GridHead */
/** @typedef {import("../marks/sweep_grid.js").SweepGrid} SweepGrid */
/** @typedef {import("../marks/sweep_section.js").SweepResult} SweepResult */

/** Number of heads in the ranking. */
const MAX_LISTED = 10;

/**
 * Return what the inspector shows of the heads that are known.
 * @param {string} label of the predicted token
 * @param {number} logProbability of the token while all heads are on
 * @param {LayerOfHeads[]} layers all layers of the model
 * @param {LayerEffects[]} known at least one layer
 * @returns {SweepResult}
 */
export function sweepResult(label, logProbability, layers, known) {
  const max = largestEffect(known);
  const components = [...new Set(layers.map(({ component }) => component))];
  const isNamed = components.length > 1;
  const grids = components.map((component) => {
    const ofComponent = (/** @type {{component: string}} */ each) => each.component === component;
    const name = isNamed ? labelOfComponent(component) : "";
    return gridOf(name, layers.filter(ofComponent), known.filter(ofComponent), max, isNamed);
  });
  return {
    title: `Effect of each head on ${label}`,
    sentence: effectsInWords(logProbability),
    scale: [changeText(-max), changeText(max)],
    colors: [signColor(-1), signColor(1)],
    grids,
    largest: {
      title: "Largest effects",
      note: "",
      columns: ["Layer and head", "Change"],
      rows: rankEffects(known, MAX_LISTED).map((effect) => ({
        label: headOfEffect(effect, isNamed),
        numbers: [changeText(effect.change)],
        target: effect,
      })),
    },
    csv: () => effectTable(known),
  };
}

/**
 * @param {string} name of the component; empty if the model has only one
 * @param {LayerOfHeads[]} layers of the component
 * @param {LayerEffects[]} known those of them that are known
 * @param {number} max the largest effect
 * @param {boolean} isNamed whether the model has several components
 * @returns {SweepGrid}
 */
function gridOf(name, layers, known, max, isNamed) {
  return {
    name,
    numHeads: Math.max(...layers.map(({ numHeads }) => numHeads)),
    rows: layers.map(({ layer }) => ({
      layer,
      heads: headEffects(known.filter((each) => each.layer === layer)).map((effect) => ({
        target: effect,
        label: effectInWords(effect, isNamed),
        color: signColor(effect.change),
        share: max > 0 ? Math.abs(effect.change) / max : 0,
      })),
    })),
  };
}
