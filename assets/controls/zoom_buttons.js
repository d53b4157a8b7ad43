// The scale of a long picture: smaller, larger, all of it.

import { appendElement } from "../drawing/element.js";

/**
 * @param {HTMLElement} host an empty element of its own
 * @param {{onZoom: (direction: 1 | -1) => void, onShowAll: () => void}} actions
 */
export function createZoomButtons(host, { onZoom, onShowAll }) {
  host.hidden = true;
  host.setAttribute("role", "group");
  host.setAttribute("aria-label", "Zoom");
  const button = (
    /** @type {string} */ text,
    /** @type {string} */ label,
    /** @type {() => void} */ onClick,
  ) => {
    const button = /** @type {HTMLButtonElement} */ (
      appendElement(host, "button", "bertviz-button")
    );
    button.type = "button";
    button.textContent = text;
    button.title = label;
    button.setAttribute("aria-label", label);
    button.addEventListener("click", onClick);
    return button;
  };
  const smaller = button("−", "Zoom out (Ctrl and wheel)", () => onZoom(-1));
  button("+", "Zoom in (Ctrl and wheel)", () => onZoom(1));
  button("All tokens", "Show all tokens at once", onShowAll);

  return {
    /**
     * @param {boolean} visible
     * @param {boolean} isWhole whether there is nothing to zoom out to
     */
    show(visible, isWhole) {
      host.hidden = !visible;
      smaller.disabled = isWhole;
    },
  };
}
