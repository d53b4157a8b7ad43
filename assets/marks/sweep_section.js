// What the inspector says about the effects of the heads on a prediction: the button that starts the
// sweep, its progress, and the heads that are known, as a grid and as a ranking.

import { appendButton } from "../controls/button.js";
import { createCopyButton } from "../controls/copy_button.js";
import { appendElement } from "../drawing/element.js";
import { createSweepGrid } from "./sweep_grid.js";
import { createWeightTable } from "./weight_table.js";

/** @typedef {import("../core/data/sweep.js").ModelHead} ModelHead */
/** @typedef {import("./sweep_grid.js").SweepGrid} SweepGrid */
/** @typedef {import("./weight_table.js").WeightTable<ModelHead>} EffectTable */

/**
 * The heads that are known.
 * @typedef {object} SweepResult
 * @property {string} title
 * @property {string} sentence
 * @property {[string, string]} scale the numbers at both ends of the colors
 * @property {[string, string]} colors at both ends
 * @property {SweepGrid[]} grids one for each component
 * @property {EffectTable} largest the largest effects
 * @property {() => string} csv returns a table of all effects
 */

/**
 * @typedef {object} SweepContent
 * @property {string | null} button the text of the button; null for no button
 * @property {() => void} onButton
 * @property {string} note the progress, or an error; empty for none
 * @property {SweepResult | null} result null while no head is known; the same object while it is unchanged
 * @property {(target: ModelHead) => void} onPick the reader picks a head
 */

/**
 * Create the section, hidden until its first `show`.
 * @param {HTMLElement} controlHost contains the button and the progress
 * @param {HTMLElement} host contains the heads
 */
export function createSweepSection(controlHost, host) {
  /** @type {SweepContent | null} */
  let shown = null;
  const control = appendElement(controlHost, "div", "bertviz-sweep-control");
  const button = appendButton(control, "", () => shown?.onButton());
  const note = appendElement(control, "div", "bertviz-muted");
  note.setAttribute("role", "status");
  const result = createResult(host, (target) => shown?.onPick(target));
  control.hidden = true;

  return {
    /** @param {SweepContent | null} content null hides the section */
    show(content) {
      const hadFocus = button.ownerDocument.activeElement === button;
      shown = content;
      control.hidden = content === null;
      button.hidden = !content?.button;
      button.textContent = content?.button ?? "";
      note.textContent = content?.note ?? "";
      result.show(content?.result ?? null);
      // The focus goes from the button, which is gone, to what it has brought.
      if (hadFocus && content && button.hidden) result.focus();
    },
  };
}

/**
 * @param {HTMLElement} host
 * @param {(target: ModelHead) => void} onPick
 */
function createResult(host, onPick) {
  const section = appendElement(host, "section", "bertviz-sweep");
  const title = appendElement(section, "h3", "");
  title.tabIndex = -1;
  const sentence = appendElement(section, "p", "bertviz-muted");
  const scale = appendElement(section, "div", "bertviz-sweep-scale");
  const least = appendElement(scale, "span", "");
  appendElement(scale, "i", "").ariaHidden = "true";
  const greatest = appendElement(scale, "span", "");
  const gridHost = appendElement(section, "div", "bertviz-sweep-grids");
  /** @type {ReturnType<typeof createSweepGrid>[]} */
  const grids = [];
  const largest = createWeightTable(section, onPick);
  /** @type {SweepResult | null} */
  let shown = null;
  createCopyButton(section, "Copy as CSV", () => shown?.csv() ?? "");
  section.hidden = true;

  /** @param {SweepResult} result */
  function draw(result) {
    title.textContent = result.title;
    sentence.textContent = result.sentence;
    [least.textContent, greatest.textContent] = result.scale;
    scale.style.setProperty("--bertviz-least", result.colors[0]);
    scale.style.setProperty("--bertviz-greatest", result.colors[1]);
    while (grids.length < result.grids.length) grids.push(createSweepGrid(gridHost, onPick));
    for (const [at, grid] of grids.entries()) grid.show(result.grids[at] ?? null);
    largest.show(result.largest);
  }

  return {
    /** @param {SweepResult | null} result null hides the heads */
    show(result) {
      section.hidden = result === null;
      // The inspector is drawn for each token that the reader points at.
      if (result && result !== shown) draw(result);
      shown = result ?? shown;
    },
    focus: () => title.focus(),
  };
}
