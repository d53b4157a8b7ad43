// A stand-alone page: one view of one result in an HTML file that needs no server and no network. In a
// notebook, the page is in a frame of a cell's output (bertviz_space/notebook).

import { Trace } from "../core/data/trace.js";
import { modelAndTexts } from "../core/text/caption.js";
import { appendElement } from "../drawing/element.js";
import { mount as mountHead } from "./head.js";
import { mount as mountMatrix } from "./matrix.js";
import { mount as mountModel } from "./model.js";
import { mount as mountNeuron } from "./neuron.js";
import { fitFrame, notebookFrame } from "./notebook_frame.js";
import { decodeBase64 } from "./standalone_content.js";

/** @typedef {import("../core/data/trace.js").ReadFile} ReadFile */
/** @typedef {import("./standalone_content.js").StandaloneContent} StandaloneContent */

const MOUNT = { head: mountHead, model: mountModel, neuron: mountNeuron, matrix: mountMatrix };

const NOT_INCLUDED =
  "This file contains only what was visible when it was saved. " +
  "Run the text again in the Space to see the rest.";

/**
 * Show the content of a stand-alone page.
 * @param {HTMLElement} host
 * @param {StandaloneContent} content
 * @returns {Promise<void>} resolves when the view is drawn
 */
export function open(host, content) {
  const { ownerDocument } = host;
  const frame = notebookFrame(ownerDocument);
  useTheme(ownerDocument, content.theme ?? "auto");
  if (frame) fitFrame(frame, ownerDocument.body);
  return showView(host, content, frame?.readFile);
}

/**
 * Show a view and its caption.
 * @param {HTMLElement} host
 * @param {StandaloneContent} content
 * @param {ReadFile} [readFile] reads the files of the result, if the content does not contain them
 * @returns {Promise<void>} resolves when the view is drawn
 */
export function showView(host, content, readFile = readEmbedded(content)) {
  const { view, link, manifest, notes = [], leftOut } = content;
  host.ownerDocument.title = `${manifest.model.model_id}, ${view} view`;
  const viewHost = appendElement(host, "div", "bertviz-standalone");
  for (const line of [...(leftOut ? [leftOut] : []), ...notes, ...modelAndTexts(manifest)]) {
    appendElement(host, "p", "bertviz-caption").textContent = line;
  }
  return MOUNT[view](viewHost, { only: new Trace(manifest, readFile), link }).update(null);
}

/**
 * Return a function that reads the files that the page contains.
 * @param {StandaloneContent} content
 * @returns {ReadFile}
 */
function readEmbedded({ files, leftOut }) {
  return async (name) => {
    if (files[name] === undefined) throw new Error(leftOut || NOT_INCLUDED);
    return decodeBase64(files[name]);
  };
}

/**
 * Give the page its colors.
 * @param {Document} document
 * @param {"auto" | "light" | "dark"} theme
 */
export function useTheme(document, theme) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    const isDark = theme === "auto" ? dark.matches : theme === "dark";
    document.body.classList.toggle("dark", isDark);
    document.documentElement.style.colorScheme = isDark ? "dark" : "light";
  };
  if (theme === "auto") dark.addEventListener("change", follow);
  follow();
}
