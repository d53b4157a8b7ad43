// A row of colored squares, one for each head. A click switches a head on or off; a double click, or a
// click with Shift, leaves only that head on.

import { categoryColor, lighten } from "../drawing/color.js";
import { select } from "../vendor/d3.js";
import { createRovingTabindex } from "./roving_tabindex.js";

/** @typedef {import("../drawing/color.js").PaletteName} PaletteName */

/**
 * Create the row of squares; `draw` fills it.
 * @param {HTMLElement} host
 * @param {{onToggle: (head: number) => void, onSolo: (head: number) => void}} actions
 */
export function createHeadSquares(host, { onToggle, onSolo }) {
  host.setAttribute("role", "toolbar");
  host.setAttribute("aria-label", "Heads");
  const tabindex = createRovingTabindex(host, "button");

  return {
    /**
     * @param {number} numHeads
     * @param {number[]} active heads
     * @param {PaletteName} palette
     */
    draw(numHeads, active, palette) {
      const heads = Array.from({ length: numHeads }, (_, head) => {
        return { head, isActive: active.includes(head), color: categoryColor(head, palette) };
      });
      select(host)
        .selectAll("button")
        .data(heads)
        .join((enter) => {
          const square = enter.append("button").attr("type", "button");
          square.attr("class", "bertviz-square").append("span");
          return square;
        })
        .attr("aria-label", ({ head }) => `Head ${head}`)
        .attr("title", ({ head }) => `Head ${head}: click to toggle, double-click to see it alone`)
        .attr("aria-pressed", ({ isActive }) => String(isActive))
        .style("background-color", ({ isActive, color }) => (isActive ? color : lighten(color)))
        .on("click", (/** @type {MouseEvent} */ event, { head }) =>
          // Shift with Enter or Space replaces the double click, which a keyboard does not have.
          event.shiftKey ? onSolo(head) : onToggle(head),
        )
        .on("dblclick", (_, { head }) => onSolo(head))
        .select("span")
        .text(({ head }) => head);
      tabindex.update();
    },
  };
}
