// A row that names the interventions of a result, with buttons that undo them.

import { appendButton } from "../controls/button.js";
import { appendElement } from "../drawing/element.js";
import { select } from "../vendor/d3.js";

/** @typedef {import("../core/data/wire.js").Intervened["interventions"][number]} NamedIntervention */

/**
 * Create the row in an empty element, hidden until its first `show`.
 * @param {HTMLElement} host
 * @param {{onUndo: (spelling: string) => void, onUndoAll: () => void}} actions
 */
export function createInterventionRow(host, { onUndo, onUndoAll }) {
  appendElement(host, "span", "bertviz-muted").textContent = "With interventions";
  const list = appendElement(host, "ul", "");
  // Without bullets, it is no list for VoiceOver.
  list.setAttribute("role", "list");
  const undoAll = appendButton(host, "Undo all", onUndoAll);
  host.hidden = true;

  return {
    /**
     * @param {NamedIntervention[]} interventions
     * @param {boolean} canUndo
     */
    show(interventions, canUndo) {
      host.hidden = interventions.length === 0;
      undoAll.hidden = !canUndo || interventions.length < 2;
      const chips = select(list)
        .selectAll("li")
        .data(interventions)
        .join((enter) => {
          const chip = enter.append("li");
          chip.append("span");
          chip
            .append("button")
            .attr("type", "button")
            .attr("class", "bertviz-button bertviz-undo")
            .text("×");
          return chip;
        });
      chips.select("span").text(({ words }) => words);
      chips
        .select("button")
        .attr("hidden", canUndo ? null : "")
        .attr("aria-label", ({ words }) => `Undo: ${words}`)
        .attr("title", ({ words }) => `Undo: ${words}`)
        .on("click", (_, { spelling }) => onUndo(spelling));
    },
  };
}
