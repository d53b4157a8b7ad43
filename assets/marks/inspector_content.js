// What the inspector writes: the ranked weights of a row, and the most peaked rows of a head.

import { rankWeights } from "../core/state/weight_ranking.js";
import { groupedNumber, weightText } from "../core/text/number_format.js";

/** @typedef {import("../core/state/highlighted_row.js").HighlightedRow} HighlightedRow */
/** @typedef {import("./weight_table.js").WeightTable} WeightTable */

/** Number of weights in a table. */
const MAX_LISTED = 10;

/**
 * Return the table of a row's largest weights.
 * @param {HighlightedRow} row
 * @param {number} tokensPerRow more than 1 if rows pool several tokens
 * @returns {WeightTable}
 */
export function tableOfRanking(row, tokensPerRow) {
  const ranking = rankWeights(row.weights, MAX_LISTED);
  // The largest weights of pooled tokens have no sum.
  const hasSums = tokensPerRow === 1;
  return {
    title: titleOf(row),
    note: hasSums ? noteOf(row, ranking) : "",
    columns: ["Token", "Position", "Weight", ...(hasSums ? ["Sum"] : [])],
    rows: ranking.largest.map(({ index, weight, sum }) => ({
      label: row.nameOf(index),
      numbers: [
        String(row.positionOf(index)),
        weightText(weight),
        ...(hasSums ? [sum.toFixed(3)] : []),
      ],
      target: row.targetOf(index),
    })),
  };
}

/** @param {HighlightedRow} row */
function titleOf({ subject, token }) {
  return token.axis === "query" ? `${subject} attends to` : `${subject} is attended to by`;
}

/**
 * @param {HighlightedRow} row
 * @param {import("../core/state/weight_ranking.js").WeightRanking} ranking
 * @returns {string}
 */
function noteOf({ token }, { numMost, numOthers, others, total }) {
  const rest = numOthers
    ? ` ${groupedNumber(numOthers)} others: ${weightText(others)} in all.`
    : "";
  if (token.axis === "key") return `Receives ${total.toFixed(3)} in all.${rest}`;
  if (total === 0) return "";
  return `${numMost === 1 ? "1 key holds" : `${groupedNumber(numMost)} keys hold`} 90%.${rest}`;
}

/**
 * Return all weights of a row, and of the same token in the other direction, as lines of cells that are
 * separated by tabs.
 * @param {HighlightedRow} row
 * @returns {string}
 */
export function rankingText(row) {
  const opposite = row.opposite();
  return [row, ...(opposite ? [opposite] : [])].map(linesOf).join("\n");
}

/** @param {HighlightedRow} row */
function linesOf(row) {
  const { largest } = rankWeights(row.weights, row.weights.length);
  const lines = largest.map(({ index, weight, sum }) =>
    [row.nameOf(index), row.positionOf(index), weight.toPrecision(6), sum.toPrecision(6)].join(
      "\t",
    ),
  );
  const heads = row.numHeads > 1 ? ` (mean of ${row.numHeads} heads)` : "";
  return [`${titleOf(row)}${heads}`, "token\tposition\tweight\tsum", ...lines, ""].join("\n");
}
