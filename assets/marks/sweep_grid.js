// The effects of the heads of one component as a grid: a row for each layer, a column for each head, and
// a colored button for each head that is known.

import { createRovingTabindex } from "../controls/roving_tabindex.js";
import { appendElement } from "../drawing/element.js";
import { select } from "../vendor/d3.js";

/** @typedef {import("../core/data/sweep.js").ModelHead} ModelHead */

/**
 * A head of the grid.
 * @typedef {object} GridHead
 * @property {ModelHead} target
 * @property {string} label the tooltip and the accessible name
 * @property {string} color of its effect
 * @property {number} share of the largest effect: 0 to 1
 */

/**
 * @typedef {object} SweepGrid
 * @property {string} name of the component; empty if the model has only one
 * @property {number} numHeads the number of columns
 * @property {{layer: number, heads: GridHead[]}[]} rows without heads where they are not known yet
 */

/** With more columns, the cells are too small for a number at each column and row. */
const MAX_NUMBERED = 16;
/** Every how many columns and rows have a number if there are more columns. */
const STEP = 4;

/**
 * Create a hidden grid; its first `show` shows it.
 * @param {HTMLElement} host
 * @param {(target: ModelHead) => void} onPick the reader picks a head
 */
export function createSweepGrid(host, onPick) {
  const element = appendElement(host, "div", "bertviz-sweep-scroll");
  const table = appendElement(element, "table", "bertviz-sweep-grid");
  const caption = appendElement(table, "caption", "");
  const headings = appendElement(appendElement(table, "thead", ""), "tr", "");
  const body = appendElement(table, "tbody", "");
  let columns = 1;
  const tabindex = createRovingTabindex(body, "button", () => columns);
  element.hidden = true;

  return {
    /** @param {SweepGrid | null} grid null hides the grid */
    show(grid) {
      element.hidden = grid === null;
      if (!grid) return;
      columns = grid.numHeads;
      table.style.setProperty("--bertviz-columns", String(columns));
      table.ariaLabel = `${grid.name} Layers and heads`.trim();
      caption.textContent = grid.name;
      caption.hidden = !grid.name;
      drawHeadings(headings, columns);
      drawRows(body, grid, onPick);
      tabindex.update();
    },
  };
}

/**
 * @param {HTMLElement} row
 * @param {number} numHeads
 */
function drawHeadings(row, numHeads) {
  const numbers = [...Array(numHeads).keys()].map((head) => axisNumber(head, numHeads));
  select(row)
    .selectAll("th")
    .data(["", ...numbers])
    .join("th")
    .attr("scope", "col")
    .text((text) => text);
}

/**
 * @param {HTMLElement} body
 * @param {SweepGrid} grid
 * @param {(target: ModelHead) => void} onPick
 */
function drawRows(body, { numHeads, rows }, onPick) {
  const drawn = select(body)
    .selectAll("tr")
    .data(rows)
    .join((enter) => {
      const row = enter.append("tr");
      row.append("th").attr("scope", "row");
      return row;
    });
  drawn.select("th").text(({ layer }) => axisNumber(layer, numHeads));
  const empty = Array(numHeads).fill(null);
  drawn
    .selectAll("td")
    .data(({ heads }) => (heads.length ? heads : empty))
    .join("td")
    .selectAll("button")
    .data((head) => (head ? [/** @type {GridHead} */ (head)] : []))
    .join((enter) =>
      enter.append("button").attr("type", "button").attr("class", "bertviz-sweep-cell"),
    )
    .attr("title", ({ label }) => label)
    .attr("aria-label", ({ label }) => label)
    .style("--bertviz-effect", ({ color }) => color)
    .style("--bertviz-share", ({ share }) => `${(100 * share).toFixed(1)}%`)
    .on("click", (_, { target }) => onPick(target));
}

/**
 * @param {number} number of a layer or a head
 * @param {number} numHeads the number of columns
 * @returns {string} empty where a small cell has no number
 */
function axisNumber(number, numHeads) {
  return numHeads <= MAX_NUMBERED || number % STEP === 0 ? String(number) : "";
}
