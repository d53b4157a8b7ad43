// What is lit: pure functions from a selection to the next one.

/**
 * A token that the reader points at.
 * @typedef {object} Hover
 * @property {"query" | "key"} axis
 * @property {number} position in the whole axis, not in the block
 */

/**
 * Switch one head on or off; the last active head stays on.
 * @param {boolean[]} heads whether each head is active
 * @param {number} head
 * @returns {boolean[]}
 */
export function toggleHead(heads, head) {
  const next = heads.with(head, !heads[head]);
  return next.includes(true) ? next : heads;
}

/**
 * Leave one head on alone; if it is alone already, bring all back.
 * @param {boolean[]} heads
 * @param {number} head
 * @returns {boolean[]}
 */
export function soloHead(heads, head) {
  const alone = heads.every((active, each) => active === (each === head));
  return heads.map((_, each) => alone || each === head);
}

/**
 * Keep what was chosen where the new choices hold it, else take the first.
 * @template T
 * @param {T[]} choices at least one
 * @param {(choice: T) => boolean} wasChosen
 * @returns {T}
 */
export function keepChoice(choices, wasChosen) {
  return choices.find(wasChosen) ?? choices[0];
}
