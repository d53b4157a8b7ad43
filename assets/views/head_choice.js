// The choice of heads above the head view and the matrix view: a square for each head, and the buttons
// beside the squares.

import { createHeadButtons } from "../controls/head_buttons.js";
import { createHeadSquares } from "../controls/head_squares.js";
import {
  activateAll,
  deactivateAll,
  leavePickedHead,
  pickedHead,
  soloHead,
  toggleHead,
  toggleMean,
} from "../core/state/selection.js";
import { numbersInWords } from "../core/text/caption.js";
import { categoryColor, colorsOfHeads, NEUTRAL } from "../drawing/color.js";
import { appendElement } from "../drawing/element.js";

/** @typedef {import("../core/state/selection.js").Selection} Selection */

/** The choice of heads of one view. */
export class HeadChoice {
  #squares;
  #buttons;
  #numHeads = 0;
  #host;

  /**
   * Create the squares and buttons, empty.
   * @param {import("./frame.js").ViewFrame} frame
   * @param {{hasMean: boolean}} options whether the reader can choose between each head and their mean
   */
  constructor(frame, { hasMean }) {
    this.#host = frame.controls.add("heads");
    this.#squares = createHeadSquares(this.add("squares"), {
      onToggle: (head) => frame.select((selection) => toggleHead(selection, head, this.#numHeads)),
      onSolo: (head) => frame.select((selection) => soloHead(selection, head, this.#numHeads)),
    });
    this.#buttons = createHeadButtons(this.add("head-buttons"), {
      onAll: () => frame.select(activateAll),
      onNone: () => frame.select(deactivateAll),
      onOne: () => frame.select((selection) => leavePickedHead(selection, this.#numHeads)),
      ...(hasMean ? { onMean: () => frame.select(toggleMean) } : {}),
    });
  }

  /**
   * Append an empty element.
   * @param {string} name of its class
   * @returns {HTMLElement}
   */
  add(name) {
    return appendElement(this.#host, "div", `bertviz-${name}`);
  }

  /**
   * Draw the squares, and return the color of each: that of the head's weights if the head is active.
   * @param {number[]} active
   * @param {number} numHeads
   * @param {Selection["palette"]} palette
   * @param {boolean} isNeutral whether the lines do not have the colors of their heads: they show the mean, or
   *   differences
   * @returns {string[]}
   */
  draw(active, numHeads, palette, isNeutral) {
    this.#numHeads = numHeads;
    const colors = squareColors(active, numHeads, palette, isNeutral);
    this.#squares.draw(colors, active);
    return colors;
  }

  /**
   * Draw which head the button One leaves on.
   * @param {Selection} selection
   * @returns {number} the head
   */
  drawPicked(selection) {
    const picked = pickedHead(selection, this.#numHeads);
    this.#buttons.draw({ picked, isMean: selection.mean });
    return picked;
  }
}

/**
 * @param {number[]} active
 * @param {number} numHeads
 * @param {Selection["palette"]} palette
 * @param {boolean} isNeutral
 * @returns {string[]}
 */
function squareColors(active, numHeads, palette, isNeutral) {
  const colors = colorsOfHeads(active, palette);
  return Array.from({ length: numHeads }, (_, head) => {
    if (isNeutral) return NEUTRAL;
    return colors.get(head) ?? (palette === "distinct" ? NEUTRAL : categoryColor(head, palette));
  });
}

/**
 * Return what a picture shows, such as "mean of heads 0 to 3".
 * @param {number[]} heads
 * @param {boolean} isMean
 * @returns {string}
 */
export function headsInWords(heads, isMean) {
  if (heads.length === 0) return "no heads";
  const words = numbersInWords("head", heads);
  return isMean && heads.length > 1 ? `mean of ${words}` : words;
}
