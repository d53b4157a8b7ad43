// What the inspector writes about a row: its ranked weights, as a table and as a text to copy.

import { magnitudes } from "../core/state/highlighted_row.js";
import { tokenPair } from "../core/state/token_pair.js";
import { rankWeights } from "../core/state/weight_ranking.js";
import { changeText, groupedNumber, weightText } from "../core/text/number_format.js";
import { verbOf } from "./readout.js";

/** @typedef {import("../core/state/highlighted_row.js").ComparedWith} ComparedWith */
/** @typedef {import("../core/state/highlighted_row.js").HighlightedRow} HighlightedRow */
/** @typedef {import("../core/state/token_pair.js").TokenPair} TokenPair */
/** @typedef {import("./weight_table.js").WeightTable} WeightTable */

/** What a click on a weight does. */
const PAIR_HINT = "Click a weight to rank all heads.";

/**
 * Return the table of a row's largest weights, without those that are exactly 0, such as the weights of
 * masked keys. The weights of pooled rows are maxima, which have no sum.
 * @param {HighlightedRow} row
 * @param {number} tokensPerRow more than 1 if rows pool several tokens
 * @param {((pair: TokenPair) => void) | null} [onPair] the reader clicked the weight of a pair of tokens;
 *   null if the weights are no buttons
 * @returns {WeightTable}
 */
export function tableOfRanking(row, tokensPerRow, onPair = null) {
  if (row.compared) return tableOfChanges(row, row.compared, onPair);
  const listed = row.ranking.largest.filter(({ weight }) => weight > 0);
  const hasSums = tokensPerRow === 1;
  return {
    title: titleOf(row),
    note: [
      severalInWords(row),
      hasSums ? noteOf(row, row.weights.length - listed.length) : "",
      onPair ? PAIR_HINT : "",
    ]
      .filter(Boolean)
      .join(" "),
    columns: ["Token", "Position", "Weight", ...(hasSums ? ["Sum"] : [])],
    rows: listed.map(({ index, weight, sum }) => ({
      label: row.nameOf(index),
      numbers: [
        String(row.positionOf(index)),
        onPair ? weightButton(weight, tokenPair(row, index), onPair) : weightText(weight),
        ...(hasSums ? [sum.toFixed(3)] : []),
      ],
      target: row.targetOf(index),
    })),
  };
}

/**
 * Return the table of a row's largest changes, with the weights of both runs if a row is one token.
 * @param {HighlightedRow} row
 * @param {ComparedWith} compared
 * @param {((pair: TokenPair) => void) | null} onPair
 * @returns {WeightTable}
 */
function tableOfChanges(row, { name, runs }, onPair) {
  const listed = row.ranking.largest.filter(({ weight }) => weight > 0);
  const isAligned = row.weights.some((change) => !Number.isNaN(change));
  const note = isAligned
    ? `Compared with ${name}.`
    : `No token of ${name} is aligned with ${row.subject}.`;
  return {
    title: titleOf(row),
    note: [severalInWords(row), note, onPair && isAligned ? PAIR_HINT : ""]
      .filter(Boolean)
      .join(" "),
    columns: ["Token", "Position", ...(runs ? ["Weight", "Other"] : []), "Change"],
    rows: listed.map(({ index }) => ({
      label: row.nameOf(index),
      numbers: [
        String(row.positionOf(index)),
        ...(runs
          ? [
              onPair
                ? weightButton(runs.own[index], tokenPair(row, index), onPair)
                : weightText(runs.own[index]),
              weightText(runs.other[index]),
            ]
          : []),
        changeText(row.weights[index]),
      ],
      target: row.targetOf(index),
    })),
  };
}

/**
 * @param {number} weight
 * @param {TokenPair} pair
 * @param {(pair: TokenPair) => void} onPair
 * @returns {import("./weight_table.js").NumberButton}
 */
function weightButton(weight, pair, onPair) {
  const label = `heads where ${pair.text}`;
  return { text: weightText(weight), label, onClick: () => onPair(pair) };
}

/** @param {HighlightedRow} row */
function titleOf({ subject, token }) {
  return `${subject} ${verbOf(token)}`;
}

/**
 * @param {HighlightedRow} row
 * @returns {string} how the weights of several tokens are combined; empty for one token
 */
function severalInWords({ token: { axis, others } }) {
  if (!others) return "";
  const number = others.length + 1;
  return axis === "query" ? `Mean of ${number} rows.` : `Sum of ${number} columns.`;
}

/**
 * @param {HighlightedRow} row
 * @param {number} numOthers weights that are not listed
 * @returns {string}
 */
function noteOf({ token, hidden, ranking: { numMost, others, total } }, numOthers) {
  const shownRest = others > 0 ? ` ${othersInWords(numOthers)}: ${weightText(others)} in all.` : "";
  const rest = hidden?.hiddenLines ? `${shownRest} ${hiddenInWords(hidden)}` : shownRest;
  if (token.axis === "key") return `Receives ${total.toFixed(3)} in all.${rest}`;
  if (total === 0) return rest.trim();
  return `${numMost === 1 ? "1 key holds" : `${groupedNumber(numMost)} keys hold`} 90%.${rest}`;
}

/** @param {number} count */
function othersInWords(count) {
  return count === 1 ? "1 other" : `${groupedNumber(count)} others`;
}

/**
 * @param {import("../core/formula/hidden_lines.js").HiddenLines} hidden
 * @returns {string}
 */
function hiddenInWords({ hiddenLines, hiddenWeight }) {
  const weights = hiddenLines === 1 ? "1 weight" : `${groupedNumber(hiddenLines)} weights`;
  return `Hidden: ${weights}, ${hiddenWeight.toFixed(3)} in all.`;
}

/**
 * Return all weights of a row, and of the same token in the other direction, as lines of cells that are
 * separated by tabs.
 * @param {HighlightedRow} row
 * @param {number} tokensPerRow more than 1 if rows pool several tokens
 * @returns {string}
 */
export function rankingText(row, tokensPerRow) {
  const opposite = row.opposite();
  const rows = opposite ? [row, opposite] : [row];
  return rows.map((each) => linesOf(each, tokensPerRow).join("\n")).join("\n");
}

/**
 * @param {HighlightedRow} row
 * @param {number} tokensPerRow
 * @returns {string[]}
 */
function linesOf(row, tokensPerRow) {
  if (row.compared) return linesOfChanges(row, row.compared, tokensPerRow);
  const hasSums = tokensPerRow === 1;
  const { largest } = rankWeights(row.weights, row.weights.length);
  const lines = largest.map(({ index, weight, sum }) => {
    const numbers = hasSums ? [weight, sum] : [weight];
    const digits = numbers.map((number) => number.toPrecision(6));
    return [row.nameOf(index), row.positionOf(index), ...digits].join("\t");
  });
  const notes = hasSums ? [] : [`largest of ${tokensPerRow} × ${tokensPerRow} weights`];
  const title = titleWithNotes(row, notes);
  return [title, `token\tposition\tweight${hasSums ? "\tsum" : ""}`, ...lines, ""];
}

/**
 * @param {HighlightedRow} row
 * @param {ComparedWith} compared
 * @param {number} tokensPerRow
 * @returns {string[]} without the tokens that have no change, because none is aligned with them
 */
function linesOfChanges(row, { name, runs }, tokensPerRow) {
  const { largest } = rankWeights(magnitudes(row.weights), row.weights.length);
  const lines = largest
    .filter(({ index }) => !Number.isNaN(row.weights[index]))
    .map(({ index }) => {
      const change = row.weights[index];
      const numbers = runs ? [runs.own[index], runs.other[index], change] : [change];
      const digits = numbers.map((number) => number.toPrecision(6));
      return [row.nameOf(index), row.positionOf(index), ...digits].join("\t");
    });
  const notes = [`compared with ${name}`];
  if (!runs) notes.push(`largest of ${tokensPerRow} × ${tokensPerRow} changes`);
  const headings = `token\tposition\t${runs ? "weight\tother\t" : ""}change`;
  return [titleWithNotes(row, notes), headings, ...lines, ""];
}

/**
 * @param {HighlightedRow} row
 * @param {string[]} notes
 * @returns {string} what a row shows, with notes about its numbers
 */
function titleWithNotes(row, notes) {
  const all = [...notes];
  if (row.token.others) all.push(severalInWords(row).replace(/\.$/, "").toLowerCase());
  if (row.numHeads > 1) all.push(`mean of ${row.numHeads} heads`);
  return all.length > 0 ? `${titleOf(row)} (${all.join(", ")})` : titleOf(row);
}
