// Which tokens of two compared runs belong together.

/** @typedef {import("./trace.js").Trace} Trace */
/** @typedef {import("./wire.js").Component} Component */

/**
 * Positions in another run: for each position of this run the aligned one, -1 for none.
 * @typedef {Int32Array} Alignment
 */

/**
 * Return which tokens of the other run belong to the tokens of an axis.
 * @param {Trace} trace
 * @param {Component} component
 * @param {"query" | "key"} axis
 * @returns {Alignment} empty for a result that is compared with none
 */
export function alignmentOf(trace, component, axis) {
  const { query_tokens, key_tokens } = trace.component(component);
  const side = axis === "query" ? query_tokens : key_tokens;
  return Int32Array.from(trace.manifest.compared?.[side] ?? []);
}

/**
 * Return the alignment in the other direction.
 * @param {Alignment} alignment
 * @param {number} length number of positions of the other run
 * @returns {Alignment}
 */
export function invertAlignment(alignment, length) {
  const inverse = new Int32Array(length).fill(-1);
  alignment.forEach((other, position) => {
    if (other >= 0) inverse[other] = position;
  });
  return inverse;
}
