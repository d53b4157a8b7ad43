// The interventions of a result for the reader.

/**
 * Return a phrase for each intervention, such as "Layer 0, Head 3 off".
 * @param {Pick<import("./wire.js").Manifest, "intervened">} manifest
 * @returns {string[]}
 */
export function interventionsInWords({ intervened }) {
  return intervened?.interventions.map(({ words }) => words) ?? [];
}
