// Buttons that change the scale of a long picture: zoom out, zoom in, show all tokens.

import { appendLabeledButton } from "./button.js";

/**
 * Create the hidden buttons; `show` shows them.
 * @param {HTMLElement} host an empty element for these buttons only
 * @param {{onZoom: (direction: 1 | -1) => void, onShowAll: () => void}} actions
 */
export function createZoomButtons(host, { onZoom, onShowAll }) {
  host.hidden = true;
  host.setAttribute("role", "group");
  host.setAttribute("aria-label", "Zoom");
  const zoomOut = appendLabeledButton(host, "−", "Zoom out (Ctrl+wheel)", () => onZoom(-1));
  appendLabeledButton(host, "+", "Zoom in (Ctrl+wheel)", () => onZoom(1));
  appendLabeledButton(host, "All tokens", "Show all tokens at once", onShowAll);

  return {
    /**
     * @param {boolean} visible
     * @param {boolean} isWhole whether all tokens are visible, so that the reader cannot zoom out
     */
    show(visible, isWhole) {
      host.hidden = !visible;
      zoomOut.disabled = isWhole;
    },
  };
}
