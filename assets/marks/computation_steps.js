// The step of the computation that a narrow figure shows, and the control with which the reader picks it.

import { MINIMAP_WIDTH } from "../controls/minimap.js";
import { createSegments } from "../controls/segments.js";
import { MAX_HEIGHT } from "../drawing/viewport.js";
import { computationContent } from "./computation_content.js";

/** @typedef {import("./computation_content.js").ComputationContent} ComputationContent */
/** @typedef {import("./computation_content.js").ComputationData} ComputationData */
/** @typedef {import("./computation_content.js").Step} Step */

/** @type {Record<Step, string>} */
const NAMES = { q: "Query q", k: "Key k", product: "q × k", score: "Score", weight: "Weight" };

/**
 * Create the control, hidden as long as the whole computation fits.
 * @param {HTMLElement} host
 * @param {() => void} onPick the reader has picked another step: lay out the data again
 */
export function createComputationSteps(host, onPick) {
  /** @type {Step | null} */
  let picked = null;
  const segments = createSegments(host, "Step of the computation", (/** @type {Step} */ step) => {
    picked = step;
    onPick();
  });

  return {
    /**
     * Lay out the data: as the whole computation if it fits, otherwise as the step that the reader has
     * picked.
     * @param {ComputationData} data
     * @param {Element} figure an element with the tokens' font family
     * @param {number} width available, in pixels
     * @returns {ComputationContent}
     */
    layOut(data, figure, width) {
      const availableWidth = (/** @type {number} */ height) =>
        height > MAX_HEIGHT ? width - MINIMAP_WIDTH : width;
      const content = computationContent(data, figure, availableWidth, picked);
      const choices = content.steps.map((choice) => ({ choice, text: NAMES[choice] }));
      segments.draw(choices, content.step);
      return content;
    },
  };
}
