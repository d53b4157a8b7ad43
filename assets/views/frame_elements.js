// The elements that the three views have in common: controls, a message, a readout, and a stage for
// the figures.

import { appendElement } from "../drawing/element.js";
import { createReadout } from "../marks/readout.js";
import { ViewControls } from "./view_controls.js";

/** @typedef {import("../core/state/selection.js").ViewName} ViewName */

/** The message of a view without a result. */
export const EMPTY_MESSAGE =
  "Choose a model, enter a text, and press Run. The attention appears here.";

/**
 * Create the elements of a view, and put them into its host.
 * @param {HTMLElement} host
 * @param {ViewName} view
 * @param {{hasStyleSheet: boolean, onBack: () => void}} options whether the document contains the views'
 *   style sheet already; `onBack` is called for the Back button
 */
export function createFrameElements(host, view, { hasStyleSheet, onBack }) {
  const root = host.ownerDocument.createElement("div");
  root.className = `bertviz bertviz-${view}`;
  if (!hasStyleSheet) appendStyleSheet(root);
  const controls = new ViewControls(root, view, onBack);
  const message = appendElement(root, "p", "bertviz-message");
  message.setAttribute("role", "status");
  message.textContent = EMPTY_MESSAGE;
  const readout = createReadout(root);
  const change = appendElement(root, "p", "bertviz-change");
  change.setAttribute("role", "status");
  const stage = appendElement(root, "div", "bertviz-stage");
  host.replaceChildren(root);
  /** @param {string} what what the reader has changed since the picture was made; empty for nothing */
  const markChange = (what) => {
    const note = what && `${what}: run again`;
    // A screen reader would read the same note again.
    if (change.textContent !== note) change.textContent = note;
  };
  return { root, controls, message, readout, stage, markChange };
}

/** @param {HTMLElement} root */
function appendStyleSheet(root) {
  const link = /** @type {HTMLLinkElement} */ (appendElement(root, "link", ""));
  link.rel = "stylesheet";
  link.href = new URL("../styles/views.css", import.meta.url).href;
}

/**
 * Show an error instead of a view's message.
 * @param {HTMLElement} message
 * @param {unknown} error its message is a sentence for the reader
 */
export function showError(message, error) {
  message.textContent = error instanceof Error ? error.message : String(error);
}
