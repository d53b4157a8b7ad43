// A ranked table, of weights for example. A row can be a link, to its token for example.

import { createRovingTabindex } from "../controls/roving_tabindex.js";
import { appendElement } from "../drawing/element.js";
import { select } from "../vendor/d3.js";

/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */

/**
 * A number that is a button.
 * @typedef {object} NumberButton
 * @property {string} text the number
 * @property {string} label what the button does
 * @property {() => void} onClick
 */

/**
 * @template [T=TokenPosition]
 * @typedef {object} WeightTableRow
 * @property {string} label of the first cell, a token for example
 * @property {(string | NumberButton)[]} numbers the other cells of the row
 * @property {T | null} target what a click goes to; null for nothing
 */

/**
 * @template [T=TokenPosition]
 * @typedef {object} WeightTable
 * @property {string} title
 * @property {string} note below the title; empty for none
 * @property {string[]} columns the headings
 * @property {WeightTableRow<T>[]} rows
 */

/**
 * Create a hidden table; its first `show` shows it.
 * @template [T=TokenPosition]
 * @param {HTMLElement} host
 * @param {(target: T) => void} onGoTo the reader clicked a row, or pressed Enter on it
 */
export function createWeightTable(host, onGoTo) {
  const section = appendElement(host, "section", "bertviz-ranking");
  const title = appendElement(section, "h3", "");
  const note = appendElement(section, "p", "bertviz-muted");
  const table = appendElement(section, "table", "");
  const headings = select(appendElement(appendElement(table, "thead", ""), "tr", ""));
  const body = appendElement(table, "tbody", "");
  let columns = 1;
  const tabindex = createRovingTabindex(body, "button", () => columns);
  section.hidden = true;

  return {
    /** @param {WeightTable<T> | null} content null hides the table */
    show(content) {
      section.hidden = content === null;
      if (content === null) return;
      title.textContent = content.title;
      note.textContent = content.note;
      headings
        .selectAll("th")
        .data(content.columns)
        .join("th")
        .attr("scope", "col")
        .text((text) => text);
      const isButton = (/** @type {string | NumberButton} */ cell) => typeof cell !== "string";
      columns = content.rows.some(({ numbers }) => numbers.some(isButton)) ? 2 : 1;
      drawRows(body, content.rows, onGoTo);
      tabindex.update();
    },
  };
}

/**
 * @template T
 * @param {HTMLElement} body
 * @param {WeightTableRow<T>[]} rows
 * @param {(target: T) => void} onGoTo
 */
function drawRows(body, rows, onGoTo) {
  const drawn = select(body)
    .selectAll("tr")
    .data(rows)
    .join((enter) => {
      const row = enter.append("tr");
      row.append("th").attr("scope", "row").append("button").attr("type", "button");
      return row;
    });
  drawn
    .select("button")
    .text(({ label }) => label)
    .property("disabled", ({ target }) => target === null)
    .on("click", (_, { target }) => {
      if (target) onGoTo(target);
    });
  drawn
    .selectAll("td")
    .data(({ numbers }) => numbers)
    .join("td")
    .each((content, index, cells) => {
      drawCell(/** @type {HTMLElement} */ (cells[index]), content);
    });
}

/**
 * @param {HTMLElement} cell
 * @param {string | NumberButton} content
 */
function drawCell(cell, content) {
  if (typeof content === "string") {
    cell.textContent = content;
    return;
  }
  // The same button in each draw keeps the focus.
  const found = cell.querySelector("button");
  if (!found) cell.textContent = "";
  const button = found ?? /** @type {HTMLButtonElement} */ (appendElement(cell, "button", ""));
  button.type = "button";
  button.textContent = content.text;
  button.title = content.label;
  button.ariaLabel = `${content.text}, ${content.label}`;
  button.onclick = content.onClick;
}
