// A row of coloured squares, one a head: a click toggles it, a double click leaves it alone.

import { categoryColor, lighten } from "../core/color.js";
import { select } from "../vendor/d3.js";

/**
 * @param {HTMLElement} host
 * @param {boolean[]} heads whether each head is active
 * @param {{onToggle: (head: number) => void, onSolo: (head: number) => void}} actions
 */
export function drawHeadSquares(host, heads, { onToggle, onSolo }) {
  select(host)
    .selectAll("button")
    .data(heads.map((active, head) => ({ active, head })))
    .join((enter) => {
      const square = enter.append("button").attr("type", "button").attr("class", "bertviz-square");
      square.append("span");
      return square;
    })
    .attr("aria-label", ({ head }) => `Head ${head}`)
    .attr("title", ({ head }) => `Head ${head}: click to toggle, double-click to see it alone`)
    .attr("aria-pressed", ({ active }) => String(active))
    .style("background-color", ({ active, head }) =>
      active ? categoryColor(head) : lighten(categoryColor(head)),
    )
    .on("click", (_, { head }) => onToggle(head))
    .on("dblclick", (_, { head }) => onSolo(head))
    .select("span")
    .text(({ head }) => head);
}
