// A stand-alone page: one view of one result in an HTML file that needs no server and no network.

import { Trace } from "../core/data/trace.js";
import { captionOf } from "../core/text/caption.js";
import { appendElement } from "../drawing/element.js";
import { mount as mountHead } from "./head.js";
import { mount as mountMatrix } from "./matrix.js";
import { mount as mountModel } from "./model.js";
import { mount as mountNeuron } from "./neuron.js";
import { decodeBase64 } from "./standalone_content.js";

const MOUNT = { head: mountHead, model: mountModel, neuron: mountNeuron, matrix: mountMatrix };

const NOT_INCLUDED =
  "This file contains only what was visible when it was saved. " +
  "Run the text again in the Space to see the rest.";

/**
 * Show the content of a stand-alone page.
 * @param {HTMLElement} host
 * @param {import("./standalone_content.js").StandaloneContent} content
 * @returns {Promise<void>} resolves when the view is drawn
 */
export function open(host, { view, link, manifest, files }) {
  host.ownerDocument.title = `${manifest.model.model_id}, ${view} view`;
  const viewHost = appendElement(host, "div", "bertviz-standalone");
  for (const line of captionOf(manifest)) {
    appendElement(host, "p", "bertviz-caption").textContent = line;
  }
  const only = new Trace(manifest, async (name) => {
    if (files[name] === undefined) throw new Error(NOT_INCLUDED);
    return decodeBase64(files[name]);
  });
  return MOUNT[view](viewHost, { only, link }).update(null);
}
