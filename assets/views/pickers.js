// The lists above a view: each shows what is chosen, and chooses in the view's selection.

import { blocksOf } from "../core/block.js";
import { PALETTES } from "../core/color.js";
import { keepChoice, pickHead } from "../core/selection.js";
import { drawPicker } from "../marks/picker.js";

/** @typedef {import("../core/color.js").PaletteName} PaletteName */
/** @typedef {import("../core/selection.js").Selection} Selection */
/** @typedef {import("./frame.js").Shown} Shown */

/**
 * Each of these draws one list; one that is never drawn takes no room.
 * @param {HTMLElement} controls
 * @param {import("../core/selection_store.js").SelectionStore} store
 */
export function createPickers(controls, store) {
  const [layers, heads, blocks, palettes] = Array.from({ length: 4 }, () => {
    const slot = controls.appendChild(controls.ownerDocument.createElement("div"));
    slot.className = "bertviz-slot";
    return slot;
  });
  const choose = (/** @type {Partial<Selection>} */ choice) =>
    store.set({ ...store.get(), ...choice });

  return {
    /**
     * Say which layer is chosen, too; a choice stays where it can.
     * @param {Shown} shown
     * @returns {number}
     */
    drawLayers({ trace, block, selection }) {
      const numbers = trace.component(block.component).layers.map(({ layer }) => layer);
      const chosen = keepChoice(numbers, (each) => each === selection.layer);
      drawPicker(layers, {
        label: "Layer",
        choices: numbers,
        text: String,
        chosen,
        onChange: (layer) => choose({ layer }),
      });
      return chosen;
    },
    /**
     * @param {number} head
     * @param {number} numHeads
     */
    drawHeads(head, numHeads) {
      drawPicker(heads, {
        label: "Head",
        choices: [...Array(numHeads).keys()],
        text: String,
        chosen: head,
        onChange: (chosen) => store.set(pickHead(store.get(), chosen, numHeads)),
      });
    },
    /** @param {Shown} shown */
    drawBlocks({ trace, block }) {
      const choices = blocksOf(trace);
      drawPicker(blocks, {
        label: "Attention",
        choices,
        text: ({ label }) => label,
        chosen: keepChoice(choices, ({ label }) => label === block.label),
        onChange: ({ label }) => choose({ block: label }),
      });
    },
    /** @param {Shown} shown */
    drawPalettes({ selection }) {
      drawPicker(palettes, {
        label: "Colours",
        choices: /** @type {PaletteName[]} */ (Object.keys(PALETTES)),
        text: (palette) => PALETTES[palette].name,
        chosen: selection.palette,
        onChange: (palette) => choose({ palette }),
      });
    },
  };
}
