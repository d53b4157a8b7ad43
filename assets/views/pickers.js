// The lists above a view: each shows what is chosen, and chooses in the view's selection.

import { drawPicker } from "../controls/picker.js";
import { attentionPartsOf } from "../core/state/attention_part.js";
import { keepChoice, pickHead } from "../core/state/selection.js";
import { PALETTES } from "../drawing/color.js";

/** @typedef {import("../drawing/color.js").PaletteName} PaletteName */
/** @typedef {import("../core/state/selection.js").Selection} Selection */
/** @typedef {import("./frame.js").Shown} Shown */

/**
 * Each of these draws one list; one that is never drawn takes no room.
 * @param {HTMLElement} controls
 * @param {import("../core/state/selection_store.js").SelectionStore} store
 */
export function createPickers(controls, store) {
  const [layers, heads, attentionParts, palettes] = Array.from({ length: 4 }, () => {
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
    drawLayers({ trace, attentionPart, selection }) {
      const numbers = trace.component(attentionPart.component).layers.map(({ layer }) => layer);
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
    drawAttentionParts({ trace, attentionPart }) {
      const choices = attentionPartsOf(trace);
      drawPicker(attentionParts, {
        label: "Attention",
        choices,
        text: ({ label }) => label,
        chosen: keepChoice(choices, ({ label }) => label === attentionPart.label),
        onChange: ({ label }) => choose({ attentionPart: label }),
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
