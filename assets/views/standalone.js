// One view of one result in a file of its own, which needs no server and no network.

import { Trace } from "../core/data/trace.js";
import { captionOf } from "../core/text/caption.js";
import { appendElement } from "../drawing/element.js";
import { bytesOf } from "./content.js";
import { mount as mountHead } from "./head.js";
import { mount as mountModel } from "./model.js";
import { mount as mountNeuron } from "./neuron.js";

const MOUNT = { head: mountHead, model: mountModel, neuron: mountNeuron };

const NOT_HELD = "The text is long: this file holds only what was on view when it was saved.";

/**
 * @param {HTMLElement} host
 * @param {import("./content.js").Content} content
 * @returns {Promise<void>}
 */
export function open(host, { view, link, manifest, files }) {
  host.ownerDocument.title = `${manifest.model.model_id}, ${view} view`;
  const stage = appendElement(host, "div", "bertviz-alone");
  for (const line of captionOf(manifest)) {
    appendElement(host, "p", "bertviz-caption").textContent = line;
  }
  const only = new Trace(manifest, async (name) => {
    if (files[name] === undefined) throw new Error(NOT_HELD);
    return bytesOf(files[name]);
  });
  return MOUNT[view](stage, { only, link }).update(null);
}
