// The line above a figure: what the lit token has to do with the others, in words and numbers, for
// readers who see the picture and for those who hear it; and how opacity reads.

import { strongestRows } from "../core/state/highlighted_row.js";
import { select } from "../vendor/d3.js";

/** @typedef {import("../core/state/highlighted_row.js").HighlightedRow} HighlightedRow */

/** Tokens that are named with their weights. */
const MOST_NAMED = 5;

const HINT = "Point at a token, or go to it by Tab and arrow keys; click or Enter pins it.";

/** @param {HTMLElement} host */
export function createReadout(host) {
  const line = select(host).append("div").attr("class", "bertviz-readout");
  line.property("hidden", true);
  const text = line.append("p").attr("role", "status");
  const legend = line.append("p").attr("class", "bertviz-legend");
  legend.append("span");
  legend.append("i").attr("class", "bertviz-scale").attr("aria-hidden", "true");
  legend.append("span").text("1");

  /**
   * @param {HighlightedRow | null} lit null for a hint on what to do
   * @param {number} numHeads active, which share a line's opacity
   * @param {number} [tokensOfRow] more than one where neighbours are taken together
   * @param {string} [hint] what to do where no token is lit
   */
  function say(
    lit,
    numHeads,
    tokensOfRow = 1,
    hint = tokensOfRow > 1 ? pooled(tokensOfRow) : HINT,
  ) {
    line.property("hidden", false);
    legend.select("span").text(numHeads > 1 ? `weight over ${numHeads} heads 0` : "weight 0");
    text.classed("bertviz-quiet", lit === null);
    text
      .selectAll("span")
      .data(lit ? phrases(lit, tokensOfRow) : [{ name: "hint", words: hint }])
      .join("span")
      .attr("class", ({ name }) => `bertviz-${name}`)
      .text(({ words }) => words);
  }

  return { say };
}

/**
 * @param {number} tokensOfRow
 * @returns {string} what a row and a line stand for
 */
function pooled(tokensOfRow) {
  return `${tokensOfRow} tokens a row; lines show their largest weights. Click a row to read it.`;
}

/**
 * @param {HighlightedRow} lit
 * @param {number} tokensOfRow
 * @returns {{name: string, words: string}[]}
 */
function phrases({ token, isPinned, subject, nameOf, weights, numHeads }, tokensOfRow) {
  const verb = token.axis === "query" ? "attends to" : "is attended to by";
  const named = strongestRows(weights, MOST_NAMED).map((index) => ({
    name: "named",
    words: `${nameOf(index)} ${weights[index].toFixed(2)}`,
  }));
  const none = { name: "none", words: "nothing on view" };
  const mean = { name: "quiet", words: `mean of ${numHeads} heads` };
  const most = { name: "quiet", words: `largest of ${tokensOfRow} × ${tokensOfRow} weights` };
  const release = { name: "quiet", words: "pinned, Escape lets go" };
  return [
    { name: "subject", words: subject },
    { name: "verb", words: verb },
    ...(named.length ? named : [none]),
    ...(tokensOfRow > 1 ? [most] : []),
    ...(numHeads > 1 ? [mean] : []),
    ...(isPinned ? [release] : []),
  ];
}
