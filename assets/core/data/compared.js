// What differs between the two runs of a comparison.

/**
 * Check whether another text or another model was run. Otherwise the other run differs only in that it has no
 * interventions.
 * @param {Pick<import("./wire.js").Compared, "differs">} compared
 * @returns {boolean}
 */
export function hasOtherInput({ differs }) {
  return differs.includes("text") || differs.includes("model");
}
