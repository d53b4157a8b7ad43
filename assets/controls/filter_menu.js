// The Filter menu of a view: which attention is hidden.

import { filterText, NOTHING_HIDDEN, togglePositions } from "../core/data/filter.js";
import { labelOf } from "../core/text/label.js";
import { appendElement } from "../drawing/element.js";
import { select } from "../vendor/d3.js";
import { appendButton } from "./button.js";
import { appendCheckbox } from "./checkbox.js";
import { createPopup } from "./popup.js";
import { createShareField } from "./share_field.js";

/** @typedef {import("../core/data/wire.js").Manifest} Manifest */
/** @typedef {import("../core/data/filter.js").Filter} Filter */

/** @type {["words" | "special" | "first" | "renormalize", string][]} */
const SWITCHES = [
  ["words", "Words instead of tokens"],
  ["special", "Hide attention to special tokens"],
  ["first", "Hide attention to the first token"],
  ["renormalize", "Divide the remaining weights of each row by their sum"],
];

const HINT = "To hide the attention to another token, pin it and use the button in the inspector.";

/**
 * Create the menu, closed.
 * @param {HTMLElement} host a positioned element
 * @param {(change: (filter: Filter) => Filter) => void} onChange
 */
export function createFilterMenu(host, onChange) {
  const { button, list: popup } = createPopup(host, { text: "Filter", label: "Filter" });
  const list = appendElement(popup, "div", "bertviz-filter-choices");
  const set = (/** @type {Partial<Filter>} */ part) =>
    onChange((filter) => ({ ...filter, ...part }));
  const switches = appendElement(list, "div", "bertviz-checkboxes bertviz-stacked");
  const boxes = SWITCHES.map(([name, text]) => ({
    name,
    box: appendCheckbox(switches, text, false, (checked) => set({ [name]: checked })),
  }));
  const tokens = appendElement(list, "div", "bertviz-filter-tokens");
  appendElement(list, "p", "bertviz-filter-hint").textContent = HINT;
  const limits = appendElement(list, "div", "bertviz-filter-limits");
  const minWeight = createShareField(appendElement(limits, "div", ""), {
    label: "Hide weights below",
    placeholder: "0",
    unset: 0,
    onChange: (share) => set({ minWeight: share }),
  });
  const mass = createShareField(appendElement(limits, "div", ""), {
    label: "Show the largest weights that hold, of each row,",
    placeholder: "1",
    unset: 1,
    onChange: (share) => set({ mass: share }),
  });
  const error = appendElement(list, "p", "bertviz-field-error");
  const showAll = appendButton(list, "Show all", () => onChange(() => NOTHING_HIDDEN));

  return {
    /**
     * @param {Filter} filter all its positions exist in the texts
     * @param {Pick<Manifest, "source" | "target">} manifest
     */
    draw(filter, manifest) {
      const isActive = filterText(filter) !== "";
      button.textContent = isActive ? "Filter: on" : "Filter";
      button.classList.toggle("bertviz-active", isActive);
      for (const { name, box } of boxes) box.checked = filter[name];
      minWeight.draw(filter.minWeight);
      mass.draw(filter.mass);
      showAll.disabled = !isActive;
      drawTokens(tokens, filter, manifest, onChange);
    },
    /** @param {string} text why the last change was refused; empty for no reason */
    showError(text) {
      error.textContent = text;
    },
  };
}

/**
 * Draw a button for each token that is hidden by its position.
 * @param {HTMLElement} element
 * @param {Filter} filter
 * @param {Pick<Manifest, "source" | "target">} manifest
 * @param {(change: (filter: Filter) => Filter) => void} onChange
 */
function drawTokens(element, filter, manifest, onChange) {
  const sides = /** @type {const} */ (["source", "target"]);
  const hidden = sides.flatMap((side) => filter[side].map((position) => ({ side, position })));
  element.hidden = hidden.length === 0;
  select(element)
    .selectAll("button")
    .data(hidden)
    .join("button")
    .attr("type", "button")
    .attr("class", "bertviz-button")
    .text(({ side, position }) => `${labelOf((manifest[side] ?? [])[position])} (${position}) ×`)
    .attr("aria-label", ({ side, position }) => {
      return `Show the attention to ${labelOf((manifest[side] ?? [])[position])}, position ${position}`;
    })
    .on("click", (_, { side, position }) => {
      onChange((current) => togglePositions(current, side, [position]));
    });
}
