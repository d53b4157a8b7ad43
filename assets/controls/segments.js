// A row of segments of which one is chosen: radio buttons side by side. The browser moves between them
// with the arrow keys.

import { select } from "../vendor/d3.js";

/** Number of rows so far, for the names that connect the radio buttons of one row. */
let numRows = 0;

/**
 * Create a hidden row; `draw` shows it.
 * @template {string} T
 * @param {HTMLElement} host
 * @param {string} label accessible name of the row
 * @param {(choice: T) => void} onChange
 */
export function createSegments(host, label, onChange) {
  const name = `bertviz-segments-${numRows++}`;
  const row = select(host).append("div").attr("class", "bertviz-segments");
  row.attr("role", "radiogroup").attr("aria-label", label).property("hidden", true);

  return {
    /**
     * @param {{choice: T, text: string}[]} segments none hides the row
     * @param {T | null} chosen
     */
    draw(segments, chosen) {
      row.property("hidden", segments.length === 0);
      row
        .selectAll("label")
        .data(segments)
        .join((enter) => {
          const segment = enter.append("label");
          segment.append("input").attr("type", "radio").attr("name", name);
          segment.append("span");
          return segment;
        })
        .call((segment) => segment.select("span").text(({ text }) => text))
        .select("input")
        .property("checked", ({ choice }) => choice === chosen)
        .on("change", (_, { choice }) => onChange(choice));
    },
  };
}
