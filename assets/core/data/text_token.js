// The token that a text contains where a model predicts one.

/** @typedef {import("./wire.js").Manifest} Manifest */
/** @typedef {import("./wire.js").PredictionsEntry} PredictionsEntry */
/** @typedef {import("./wire.js").Token} Token */

/**
 * Return the token that the reader's text contains at the place of a prediction: not the mask token that
 * may replace it.
 * @param {Pick<Manifest, "source" | "target" | "intervened">} manifest
 * @param {PredictionsEntry} entry
 * @param {number} position of the prediction
 * @returns {Token | undefined} undefined after the last token
 */
export function textToken(manifest, { tokens, offset }, position) {
  const place = position + offset;
  const replaced = tokens === "source" ? manifest.intervened?.replaced[place] : undefined;
  return replaced ?? manifest[tokens]?.[place];
}
