// A column of tokens: each row has a text, a tooltip, and an area that reacts to pointer and keyboard.
// Only the visible rows of a long text are in the document.

import { visibleRows } from "../core/geometry/column_layout.js";
import { numRows } from "../core/geometry/rows.js";
import { listenToColumn } from "./token_column_events.js";
import { drawMarks, drawRows } from "./token_rows.js";

/** @typedef {import("../core/data/wire.js").Token} Token */
/** @typedef {import("../drawing/element.js").Group} Group */

/**
 * @typedef {object} ColumnOptions
 * @property {Token[]} tokens of the whole axis
 * @property {import("../core/geometry/column_layout.js").Column} column
 * @property {(begin: number, end: number) => string} label returns the label of the row from a token to
 *   before another one
 * @property {number} x left edge, in pixels
 * @property {number} width pixels
 * @property {"start" | "end"} anchor the edge where the texts are
 * @property {(position: number) => boolean} [isHidden] whether a filter hides the attention to a token
 * @property {(position: number) => boolean} [isUnaligned] whether another run has no token that is aligned with
 *   a token
 * @property {number} [hitWidth] width of the area that reacts to the pointer, in pixels; `width` by
 *   default
 */

/**
 * @typedef {object} Marks
 * @property {number[]} highlighted positions of the highlighted tokens
 * @property {boolean} isPinned whether the highlighted tokens are pinned
 * @property {(position: number) => boolean} [isMasked] whether the highlighted token cannot attend to
 *   a token
 */

/**
 * @typedef {object} ColumnState
 * @property {boolean} isInteractive whether the column reacts to pointer and keyboard
 * @property {ColumnOptions | null} options null until the first `set`
 * @property {[first: number, end: number]} visible the visible rows; `end` is one past the last
 * @property {Marks} marks
 * @property {number} tabStop the row that the Tab key reaches
 * @property {number | null} focused the row that has the focus
 */

/**
 * Create an empty column; `set` and `setViewport` draw it.
 * @param {Group} group
 * @param {string} label accessible name of the column
 * @param {import("./token_column_events.js").ColumnActions} [actions] without actions, the column does
 *   not react to pointer and keyboard
 */
export function createTokenColumn(group, label, actions) {
  // In a group of its own: a list may contain only its rows, and a view adds a button to the column.
  const rows = group.append("g");
  rows.attr("role", actions ? "listbox" : "list").attr("aria-label", label);
  if (actions) rows.attr("aria-multiselectable", "true");
  /** @type {ColumnState} */
  const state = {
    isInteractive: actions !== undefined,
    options: null,
    visible: [0, 0],
    marks: { highlighted: [], isPinned: false },
    tabStop: 0,
    focused: null,
  };
  if (actions) listenToColumn(group, state, actions);

  return {
    /**
     * Set the column's content; the next `setViewport` draws it.
     * @param {ColumnOptions} options
     */
    set(options) {
      state.options = options;
      state.tabStop = Math.min(state.tabStop, numRows(options.column.rows) - 1);
    },
    /**
     * Draw the rows inside the viewport.
     * @param {import("../drawing/viewport.js").Range} viewport
     */
    setViewport(viewport) {
      if (!state.options) return;
      state.visible = visibleRows(state.options.column, viewport);
      drawRows(rows, state);
      drawMarks(rows, state);
    },
    /** @param {Marks} marks */
    mark(marks) {
      state.marks = marks;
      drawMarks(rows, state);
    },
  };
}
