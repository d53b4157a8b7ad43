// What the reader can do to the only head that a view shows: switch it off, or on again.

import { createActionButtons } from "../controls/action_buttons.js";
import { appendElement } from "../drawing/element.js";
import { titleOf } from "../marks/grid_cells.js";

/** The buttons about one head. */
export class HeadActions {
  #element;
  #name;
  #buttons;
  #interventions;

  /**
   * @param {HTMLElement} host
   * @param {import("./interventions.js").Interventions} interventions
   */
  constructor(host, interventions) {
    this.#interventions = interventions;
    this.#element = appendElement(host, "div", "bertviz-head-actions");
    this.#element.setAttribute("role", "group");
    this.#element.hidden = true;
    this.#name = appendElement(this.#element, "span", "bertviz-muted");
    this.#buttons = createActionButtons(this.#element);
  }

  /**
   * Show the buttons if exactly one head is active.
   * @param {number} layer
   * @param {number[]} heads the active heads
   */
  show(layer, heads) {
    const cell = { layer, head: heads[0] };
    const actions = heads.length === 1 ? this.#interventions.headActions(cell) : [];
    this.#element.hidden = actions.length === 0;
    this.#name.textContent = titleOf(cell);
    this.#element.setAttribute("aria-label", titleOf(cell));
    this.#buttons.show(actions);
  }
}
