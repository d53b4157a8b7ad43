// How a token column reacts to pointer and keyboard. The Tab key reaches one row; arrow keys, Home and
// End move between the rows.

import { indexAfterKey } from "../controls/roving_tabindex.js";
import { numRows, rowAt } from "../core/geometry/rows.js";
import { select } from "../vendor/d3.js";
import { beginOf } from "./token_rows.js";

/** @typedef {import("../drawing/element.js").Group} Group */
/** @typedef {import("./token_column.js").ColumnState} ColumnState */

/**
 * Callbacks of a token column. A row is named by the position of its first token.
 * @typedef {object} ColumnActions
 * @property {(position: number) => void} onEnter the pointer or the focus moved to a row
 * @property {() => void} onLeave the pointer or the focus left the column
 * @property {(position: number) => void} onPin the reader clicked a row, or pressed Enter or Space on it
 * @property {(position: number) => void} onAdd the same with Shift: add the row to the pinned ones, or
 *   remove it
 * @property {(from: number, to: number) => void} onDrag the reader drags a mouse or a pen from a row to
 *   another one. A finger scrolls instead.
 * @property {() => void} onRelease the reader pressed Escape
 * @property {(position: number) => void} onFocusMove the keyboard moves the focus to a row: scroll it
 *   into view
 */

/**
 * Call the actions for the events of a column, and move its focus.
 * @param {Group} group
 * @param {ColumnState} state
 * @param {ColumnActions} actions
 */
export function listenToColumn(group, state, actions) {
  // Chromium makes every SVG element with a focus listener a stop of the Tab key.
  /** @type {SVGGElement} */ (group.node()).tabIndex = -1;
  listenToPointer(group, actions);
  listenToActivation(group, actions);
  listenToFocus(group, state, actions);
}

/**
 * @param {Group} group
 * @param {ColumnActions} actions
 */
function listenToPointer(group, { onEnter, onLeave, onPin, onAdd, onDrag }) {
  /** @type {number | null} where the pointer was pressed */
  let pressed = null;
  let isDragged = false;
  /** @param {Event} event */
  const enter = (event) => {
    const position = positionAt(event);
    if (position !== null) onEnter(position);
  };
  group
    .on("pointerdown.drag", (/** @type {PointerEvent} */ event) => {
      const canDrag = event.pointerType !== "touch" && event.button === 0 && !event.shiftKey;
      pressed = canDrag ? positionAt(event) : null;
      isDragged = false;
    })
    .on("pointerover.drag", (/** @type {PointerEvent} */ event) => {
      const position = positionAt(event);
      if ((event.buttons & 1) === 0) pressed = null;
      if (pressed === null || position === null || (position === pressed && !isDragged)) return;
      isDragged = true;
      onDrag(pressed, position);
    })
    .on("pointerover", enter)
    .on("focusin", enter)
    .on("focusout", onLeave)
    .on("pointerleave", (/** @type {PointerEvent} */ event) => {
      // A finger leaves when it is lifted: the highlight stays until the reader touches elsewhere.
      if (event.pointerType !== "touch") onLeave();
    })
    .on("click", (/** @type {MouseEvent} */ event) => {
      const position = positionAt(event);
      const wasDragged = isDragged;
      isDragged = false;
      if (position === null || wasDragged) return;
      if (event.shiftKey) onAdd(position);
      else onPin(position);
    });
}

/**
 * Call actions for Escape, Enter and Space.
 * @param {Group} group
 * @param {ColumnActions} actions
 */
function listenToActivation(group, { onPin, onAdd, onRelease }) {
  group.on("keydown", (/** @type {KeyboardEvent} */ event) => {
    const position = positionAt(event);
    if (event.key === "Escape") {
      // Escape on a token unpins; it does not close a panel around the column.
      event.preventDefault();
      onRelease();
    }
    if (position === null || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    if (event.shiftKey) onAdd(position);
    else onPin(position);
  });
}

/**
 * Track the focused row, and move the focus by keys.
 * @param {Group} group
 * @param {ColumnState} state
 * @param {ColumnActions} actions
 */
function listenToFocus(group, state, { onFocusMove }) {
  /** @param {Event} event */
  function rowOf(event) {
    const position = positionAt(event);
    return position === null || !state.options ? null : rowAt(state.options.column.rows, position);
  }

  /** @param {number} position of the row's first token */
  function focusRow(position) {
    onFocusMove(position);
    const token = group.selectAll(".bertviz-token").filter((datum) => beginOf(datum) === position);
    // `onFocusMove` has scrolled the figure already.
    /** @type {SVGElement | null} */ (token.node())?.focus({ preventScroll: true });
  }

  group
    .on("focusin.row", (event) => {
      state.focused = rowOf(event);
      if (state.focused !== null) state.tabStop = state.focused;
    })
    .on("focusout.row", () => {
      state.focused = null;
    })
    .on("keydown.row", (/** @type {KeyboardEvent} */ event) => {
      const row = rowOf(event);
      if (row === null || !state.options) return;
      const { rows } = state.options.column;
      const next = indexAfterKey(event.key, row, numRows(rows));
      if (next === null) return;
      event.preventDefault();
      focusRow(rows.edges[next]);
    });
}

/**
 * Return the position of the first token of the row where an event happened.
 * @param {Event} event
 * @returns {number | null} null if the event did not happen on a row
 */
function positionAt(event) {
  const token = /** @type {Element} */ (event.target).closest(".bertviz-token");
  return token ? beginOf(select(token).datum()) : null;
}
