// The line of controls above a view: the Back button, the view's own controls, and at the right the
// actions, which save the view or open another one.

import { appendButton } from "../controls/button.js";
import { appendElement } from "../drawing/element.js";

/** @typedef {import("../core/state/selection.js").ViewName} ViewName */

/** The line of controls above one view. */
export class ViewControls {
  #view;
  #element;
  #back;
  #actions;

  /**
   * Create the line of controls, with the Back button and the actions hidden.
   * @param {HTMLElement} parent
   * @param {ViewName} view
   * @param {() => void} onBack called for the Back button
   */
  constructor(parent, view, onBack) {
    this.#view = view;
    this.#element = appendElement(parent, "div", "bertviz-controls");
    this.#back = appendButton(this.#element, "", onBack);
    this.#back.classList.add("bertviz-back");
    this.#back.hidden = true;
    this.#actions = appendElement(this.#element, "div", "bertviz-actions");
    this.#actions.hidden = true;
  }

  /**
   * Add an element for a control.
   * @param {string} name of its CSS class, without the prefix
   */
  add(name) {
    const control = appendElement(this.#element, "div", `bertviz-${name}`);
    this.#element.insertBefore(control, this.#actions);
    return control;
  }

  /**
   * Add a hidden button.
   * @param {() => void} onClick
   */
  addButton(onClick) {
    const button = this.addAction(onClick);
    this.#element.insertBefore(button, this.#actions);
    return button;
  }

  /**
   * Add a hidden button to the actions.
   * @param {() => void} onClick
   */
  addAction(onClick) {
    const button = appendButton(this.#actions, "", onClick);
    button.hidden = true;
    return button;
  }

  /**
   * Add the Reset button to the actions.
   * @param {() => void} onClick
   */
  addReset(onClick) {
    const button = appendButton(this.#actions, "Reset", onClick);
    button.title = "Return to the default layer, heads and colors";
  }

  /** Add an element for the Save menu to the actions. */
  addSaving() {
    return appendElement(this.#actions, "div", "bertviz-saving");
  }

  /** @param {boolean} visible whether there is a result to save */
  showActions(visible) {
    this.#actions.hidden = !visible;
  }

  /** @param {ViewName | null} cameFrom the view that opened this one */
  drawBack(cameFrom) {
    this.#back.hidden = cameFrom === null || cameFrom === this.#view;
    this.#back.textContent = `← Back to the ${cameFrom} view`;
  }
}
