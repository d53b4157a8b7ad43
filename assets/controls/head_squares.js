// A row of colored squares, one for each head. A click switches a head on or off; a double click, or a
// click with Shift, leaves only that head on.

import { lighten } from "../drawing/color.js";
import { select } from "../vendor/d3.js";
import { createRovingTabindex } from "./roving_tabindex.js";

/**
 * Create the row of squares; `draw` fills it.
 * @param {HTMLElement} host
 * @param {{onToggle: (head: number) => void, onSolo: (head: number) => void}} actions
 */
export function createHeadSquares(host, { onToggle, onSolo }) {
  host.setAttribute("role", "toolbar");
  host.setAttribute("aria-label", "Heads");
  const tabindex = createRovingTabindex(host, "button");
  /** Whether no head was active before the first click of a double click. */
  let wasEmpty = false;

  return {
    /**
     * @param {string[]} colors of all heads
     * @param {number[]} active heads
     */
    draw(colors, active) {
      const heads = colors.map((color, head) => {
        return { head, isActive: active.includes(head), color };
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
        .on("click", (/** @type {MouseEvent} */ event, { head }) => {
          if (event.detail < 2) wasEmpty = active.length === 0;
          // Shift with Enter or Space replaces the double click, which a keyboard does not have.
          if (event.shiftKey) onSolo(head);
          else onToggle(head);
        })
        // If no head was active, the first click has left only this head on.
        .on("dblclick", (_, { head }) => wasEmpty || onSolo(head))
        .select("span")
        .text(({ head }) => head);
      tabindex.update();
    },
  };
}
