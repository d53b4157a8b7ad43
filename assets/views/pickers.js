// The pickers above a view: each shows a choice of the selection, and changes it.

import { drawPicker } from "../controls/picker.js";
import { attentionPartsOf } from "../core/state/attention_part.js";
import { keepChoice, pickHead } from "../core/state/selection.js";
import { PALETTES } from "../drawing/color.js";

/** @typedef {import("../drawing/color.js").PaletteName} PaletteName */
/** @typedef {import("../core/state/selection.js").Selection} Selection */
/** @typedef {import("./view_content.js").ViewContent} ViewContent */

/** The pickers of one view. */
export class Pickers {
  #slots;
  #store;

  /**
   * Create the pickers of a view, empty. A picker that is never drawn takes no space.
   * @param {() => HTMLElement} addSlot adds an element for one picker
   * @param {import("../core/state/selection_store.js").SelectionStore} store
   */
  constructor(addSlot, store) {
    this.#slots = {
      layer: addSlot(),
      head: addSlot(),
      attentionPart: addSlot(),
      palette: addSlot(),
    };
    this.#store = store;
  }

  /** @param {Partial<Selection>} choice */
  #choose(choice) {
    this.#store.set({ ...this.#store.get(), ...choice });
  }

  /**
   * Draw the list of layers, and return the chosen layer: the selected one, or the first one if the
   * result does not have the selected one.
   * @param {ViewContent} content
   * @returns {number}
   */
  drawLayers({ trace, attentionPart, selection }) {
    const layers = trace.component(attentionPart.component).layers.map(({ layer }) => layer);
    const chosen = keepChoice(layers, (layer) => layer === selection.layer);
    drawPicker(this.#slots.layer, {
      label: "Layer",
      choices: layers,
      text: String,
      chosen,
      onChange: (layer) => this.#choose({ layer }),
    });
    return chosen;
  }

  /**
   * @param {number} head the chosen head
   * @param {number} numHeads
   */
  drawHeads(head, numHeads) {
    drawPicker(this.#slots.head, {
      label: "Head",
      choices: [...Array(numHeads).keys()],
      text: String,
      chosen: head,
      onChange: (chosen) => this.#store.set(pickHead(this.#store.get(), chosen, numHeads)),
    });
  }

  /** @param {ViewContent} content */
  drawAttentionParts({ trace, attentionPart }) {
    const choices = attentionPartsOf(trace);
    drawPicker(this.#slots.attentionPart, {
      label: "Attention",
      choices,
      text: ({ label }) => label,
      chosen: keepChoice(choices, ({ label }) => label === attentionPart.label),
      onChange: ({ label }) => this.#choose({ attentionPart: label }),
    });
  }

  /**
   * @param {ViewContent} content
   * @param {PaletteName[]} choices
   */
  drawPalettes({ selection }, choices) {
    drawPicker(this.#slots.palette, {
      label: "Colors",
      choices,
      text: (palette) => PALETTES[palette].name,
      chosen: keepChoice(choices, (palette) => palette === selection.palette),
      onChange: (palette) => this.#choose({ palette }),
    });
  }
}
