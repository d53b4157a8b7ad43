// The title of a figure on the page.

import { captionOf } from "./caption.js";

/**
 * Return the title of a figure: the model, what is shown, and the texts.
 * @param {import("../data/wire.js").Manifest} manifest
 * @param {string[]} shown such as ["layer 0", "heads 0 to 3"]
 * @returns {string}
 */
export function figureTitle(manifest, shown) {
  const [, ...texts] = captionOf(manifest);
  return [manifest.model.model_id, shown.join(", "), texts.join(" / ")].join(" · ");
}
