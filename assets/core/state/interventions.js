// Lists of interventions, as links spell them (bertviz_space/trace/interventions.py). A list has no
// duplicates, and is in the order of its spellings, as the server returns it.

/** @typedef {import("../data/wire.js").Component} Component */
/** @typedef {import("../data/wire.js").Manifest} Manifest */
/** @typedef {import("./selection.js").Cell} Cell */

/** Matches the spelling of a masked token. */
const MASK = /^mask (\d+)$/;

/**
 * Return the spelling of a head that is off.
 * @param {"zero" | "mean"} by what replaces the output
 * @param {Component} component
 * @param {Cell} cell
 * @returns {string}
 */
export function headOff(by, component, { layer, head }) {
  return `${by} ${prefixOf(component)}L${layer}H${head}`;
}

/**
 * Return the spelling of an edge that is cut.
 * @param {Component} component
 * @param {{query?: number, key: number}} edge the positions; no query for the edges of all queries
 * @param {Partial<Cell>} [place] no head for all heads, no layer for all layers
 * @returns {string}
 */
export function edgeCut(component, { query, key }, { layer, head } = {}) {
  const ofHead = head === undefined ? "" : `H${head}`;
  const ofLayer = layer === undefined ? "" : `L${layer}${ofHead}`;
  return `cut ${query ?? "*"}-${key} ${prefixOf(component)}${ofLayer}`.trim();
}

/**
 * Return the spelling of a token that the mask token replaces.
 * @param {number} position
 * @returns {string}
 */
export function tokenMasked(position) {
  return `mask ${position}`;
}

/**
 * Return the interventions of a result.
 * @param {Pick<Manifest, "intervened">} manifest
 * @returns {string[]}
 */
export function interventionsOf({ intervened }) {
  return intervened?.interventions.map(({ spelling }) => spelling) ?? [];
}

/**
 * Return the positions of the tokens that the mask token replaces.
 * @param {string[]} interventions
 * @returns {number[]}
 */
export function maskedPositions(interventions) {
  return interventions.flatMap((spelling) => {
    const match = MASK.exec(spelling);
    return match ? [Number(match[1])] : [];
  });
}

/**
 * Add an intervention to a list.
 * @param {string[]} interventions
 * @param {string} added
 * @returns {string[]}
 */
export function addIntervention(interventions, added) {
  return [...new Set([...interventions, added])].sort();
}

/**
 * Remove interventions from a list. Those that it does not contain have no effect.
 * @param {string[]} interventions
 * @param {string[]} removed
 * @returns {string[]}
 */
export function removeInterventions(interventions, removed) {
  return interventions.filter((each) => !removed.includes(each));
}

/** @param {Component} component */
function prefixOf(component) {
  return component === "self" ? "" : `${component} `;
}
