// The titles of a figure: on the page, and in a saved picture.

import { modelAndTexts } from "./caption.js";

/**
 * Return what a picture shows. The attention part is named if it is not the whole attention.
 * @param {string[]} parts such as ["Head view", "layer 0", "heads 0 to 3"]
 * @param {{label: string}} attentionPart
 * @returns {string[]}
 */
export function shownParts(parts, { label }) {
  return label === "All" ? parts : [...parts, label];
}

/**
 * Return the title of a figure on the page: the model, what is shown, and the texts.
 * @param {import("../data/wire.js").Manifest} manifest
 * @param {string[]} shown such as ["layer 0", "heads 0 to 3"]
 * @returns {string}
 */
export function figureTitle(manifest, shown) {
  const [, ...texts] = modelAndTexts(manifest);
  return [manifest.model.model_id, shown.join(", "), texts.join(" / ")].join(" · ");
}
