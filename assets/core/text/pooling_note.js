// What a cell of a matrix shows if it stands for several weights.

/**
 * Return what a cell shows.
 * @param {number} queries per cell
 * @param {number} keys per cell
 * @param {"max" | "mean"} pooling
 * @returns {string} a sentence; empty if a cell shows one weight
 */
export function poolingNote(queries, keys, pooling) {
  if (queries * keys === 1) return "";
  const kind = pooling === "max" ? "largest" : "mean";
  return `Each cell is the ${kind} of ${queries} × ${keys} weights.`;
}
