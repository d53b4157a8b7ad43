// What a model predicts at one position: a sentence about the token that the text contains, and the
// most likely tokens as a table with bars.

import { appendElement } from "../drawing/element.js";
import { select } from "../vendor/d3.js";

/**
 * @typedef {object} ListedToken
 * @property {string} label
 * @property {string} spelling in the vocabulary
 * @property {number} probability
 * @property {string} number the probability as text
 * @property {boolean} isActual whether the text contains the token here
 */

/**
 * @typedef {object} PredictionTable
 * @property {string} title
 * @property {string} [tooltip] of the title, which may be cut
 * @property {ListedToken[]} listed the most likely one first; empty if there is only a sentence
 * @property {string} sentence empty for none
 */

/**
 * Create a hidden section; its first `show` shows it.
 * @param {HTMLElement} host
 * @param {string} className
 */
export function createPredictionTable(host, className) {
  const element = appendElement(host, "section", `bertviz-prediction-table ${className}`);
  const title = appendElement(element, "h3", "");
  const sentence = appendElement(element, "p", "bertviz-muted");
  const table = appendElement(element, "table", "");
  const headings = select(appendElement(appendElement(table, "thead", ""), "tr", ""));
  headings
    .selectAll("th")
    .data(["Token", "", "Probability"])
    .join("th")
    .attr("scope", "col")
    .text((text) => text);
  const body = appendElement(table, "tbody", "");
  element.hidden = true;

  return {
    element,
    title,
    /** @param {PredictionTable | null} content null hides the section */
    show(content) {
      element.hidden = content === null;
      if (content === null) return;
      title.textContent = content.title;
      title.title = content.tooltip ?? "";
      sentence.textContent = content.sentence;
      table.hidden = content.listed.length === 0;
      drawTokens(body, content.listed);
    },
  };
}

/**
 * @param {HTMLElement} body
 * @param {ListedToken[]} listed
 */
function drawTokens(body, listed) {
  const rows = select(body)
    .selectAll("tr")
    .data(listed)
    .join((enter) => {
      const row = enter.append("tr");
      row.append("th").attr("scope", "row");
      row.append("td").attr("class", "bertviz-actual");
      row.append("td");
      return row;
    });
  rows.classed("bertviz-is-actual", ({ isActual }) => isActual);
  rows
    .select("th")
    .style("--bertviz-share", ({ probability }) => `${100 * probability}%`)
    .attr("title", ({ spelling }) => spelling)
    .text(({ label }) => label);
  rows.select(".bertviz-actual").text(({ isActual }) => (isActual ? "in the text" : ""));
  rows.select("td:last-child").text(({ number }) => number);
}
