// The elements that the four views have in common: controls, a line with the title, a message, a stage
// for the figures, and the inspector beside the stage.

import { appendElement } from "../drawing/element.js";
import { createInspector } from "../marks/inspector.js";
import { createOpacityLegend } from "../marks/opacity_legend.js";
import { ViewControls } from "./view_controls.js";

/** @typedef {import("../core/state/selection.js").ViewName} ViewName */

/** The message of a view without a result. */
export const EMPTY_MESSAGE =
  "Choose a model, enter a text, and press Run. The attention appears here.";

/**
 * @typedef {object} FrameOptions
 * @property {boolean} hasStyleSheet whether the document contains the views' style sheet already
 * @property {() => void} onBack called for the Back button
 */

/**
 * Create the elements of a view, and put them into its host.
 * @param {HTMLElement} host
 * @param {ViewName} view
 * @param {FrameOptions & import("../marks/inspector.js").InspectorActions} options
 */
export function createFrameElements(host, view, { hasStyleSheet, onBack, ...actions }) {
  const root = host.ownerDocument.createElement("div");
  root.className = `bertviz bertviz-${view}`;
  // A click anywhere in the view moves the focus into it, so that Escape unpins.
  root.tabIndex = -1;
  if (!hasStyleSheet) appendStyleSheet(root);
  const controls = new ViewControls(root, view, onBack);
  const top = appendElement(root, "header", "bertviz-top");
  const title = appendElement(top, "h2", "bertviz-title");
  const navigation = appendElement(top, "div", "bertviz-navigation");
  const change = appendElement(top, "p", "bertviz-change");
  change.setAttribute("role", "status");
  const filterMenu = appendElement(top, "div", "bertviz-filter");
  const legend = createOpacityLegend(top);
  const filterNote = appendElement(root, "div", "");
  const writtenNote = appendElement(root, "p", "bertviz-written-note");
  const changes = appendElement(root, "div", "bertviz-changes");
  const interventionRow = appendElement(changes, "div", "bertviz-interventions");
  const comparisonRow = appendElement(changes, "div", "bertviz-comparison");
  const message = appendElement(root, "p", "bertviz-message");
  message.setAttribute("role", "status");
  message.textContent = EMPTY_MESSAGE;
  const body = appendElement(root, "div", "bertviz-body");
  const stage = appendElement(body, "div", "bertviz-stage");
  const inspector = createInspector(body, actions);
  host.replaceChildren(root);
  /** @param {string} what what the reader has changed since the picture was made; empty for nothing */
  const markChange = (what) => {
    const note = what && `${what}: run again`;
    // A screen reader would read the same note again.
    if (change.textContent !== note) change.textContent = note;
  };
  return {
    root,
    controls,
    title,
    navigation,
    filterMenu,
    legend,
    filterNote,
    writtenNote,
    interventionRow,
    comparisonRow,
    message,
    stage,
    inspector,
    markChange,
  };
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
