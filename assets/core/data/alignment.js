// Which tokens of two compared runs belong together.

import { positionsOfToken, tokensAt } from "./token_position.js";

/** @typedef {import("./token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("./trace.js").Trace} Trace */
/** @typedef {import("./units.js").Units} Units */
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

/**
 * Return the tokens that are aligned with others.
 * @param {TokenPosition} token one or several
 * @param {Alignment} alignment of its axis
 * @returns {TokenPosition | null} null if none of them is aligned
 */
export function alignedTokens(token, alignment) {
  const positions = positionsOfToken(token).map((position) => alignment[position] ?? -1);
  return tokensAt(
    token.axis,
    positions.filter((position) => position >= 0),
  );
}

/**
 * Return which units of the other run belong to the units of an axis. Two units belong together if their
 * first tokens are aligned.
 * @param {Alignment} alignment of the tokens
 * @param {Units} units of this run
 * @param {Units} others units of the other run
 * @returns {Alignment} `[unit]`
 */
export function alignedUnits(alignment, { starts }, others) {
  return Int32Array.from(starts, (position) => {
    const aligned = alignment[position] ?? -1;
    const unit = aligned < 0 ? -1 : (others.unitOfToken[aligned] ?? -1);
    return others.starts[unit] === aligned ? unit : -1;
  });
}
