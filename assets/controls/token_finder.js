// A search field for tokens: Enter goes to the next match, Shift+Enter to the previous one.

import { stripBlanks } from "../core/text/blanks.js";
import { appendElement } from "../drawing/element.js";
import { appendLabel } from "./label.js";

/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */

const TITLE =
  "A word of the text, or # and a position. Enter: next match; Shift+Enter: previous match";

/**
 * Create a hidden search field; `show` shows it.
 * @param {HTMLElement} host an empty element for this field only
 * @param {{search: (text: string) => TokenPosition[], onFind: (token: TokenPosition) => void}} actions
 */
export function createTokenFinder(host, { search, onFind }) {
  host.hidden = true;
  const label = appendLabel(host, "Find");
  const field = /** @type {HTMLInputElement} */ (appendElement(label, "input", ""));
  field.enterKeyHint = "search";
  field.size = 12;
  field.placeholder = "word or #12";
  field.title = TITLE;
  const note = appendElement(label, "output", "");
  /** @type {TokenPosition | null} */
  let last = null;

  field.addEventListener("input", () => {
    last = null;
    note.textContent = "";
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    go(event.shiftKey ? -1 : 1);
  });

  /** @param {1 | -1} step */
  function go(step) {
    const found = search(field.value);
    if (!found.length) {
      note.textContent = stripBlanks(field.value) ? "not found" : "";
      return;
    }
    const next = indexAfter(last, found, step);
    last = found[next];
    note.textContent = `${next + 1} of ${found.length}`;
    onFind(last);
  }

  return {
    /** @param {boolean} visible */
    show(visible) {
      host.hidden = !visible;
    },
  };
}

/**
 * Return the match that follows or precedes the last one, in a circle. Without a last match, start at
 * the first match, or at the final one when going back.
 * @param {TokenPosition | null} last
 * @param {TokenPosition[]} found at least one match
 * @param {1 | -1} step
 * @returns {number} an index of `found`
 */
function indexAfter(last, found, step) {
  const at = found.findIndex(
    ({ axis, position }) => axis === last?.axis && position === last.position,
  );
  return at < 0 && step < 0 ? found.length - 1 : (at + step + found.length) % found.length;
}
