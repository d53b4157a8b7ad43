// A matrix of queries and keys as a heat map that reacts to the reader: pointing at a cell or a token
// highlights its row and column, a click pins a token, and the reader zooms and scrolls.

import { wholeCamera } from "../core/geometry/matrix_camera.js";
import { MIN_CELL, MIN_LABEL } from "../core/geometry/matrix_layout.js";
import { Highlight } from "../core/state/highlight.js";
import { poolingNote } from "../core/text/pooling_note.js";
import { cellOfTokens, phrasesOfCell } from "./matrix_cell.js";
import { isPooled } from "./matrix_content.js";
import { marksOf } from "./matrix_marks.js";
import { goToToken, revealLabel, scrollBy, zoomAt, zoomStep } from "./matrix_moves.js";
import { MatrixPicture } from "./matrix_picture.js";
import { listenToMatrix } from "./matrix_pointer.js";
import { rowOfNeighbors, rowOfToken } from "./matrix_row.js";
import { afterNextFrame } from "./time_slices.js";

/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("../core/state/highlighted_row.js").HighlightedRow} HighlightedRow */
/** @typedef {import("./matrix_cell.js").MatrixCell} MatrixCell */
/** @typedef {import("./matrix_cell.js").Phrase} Phrase */

/**
 * @typedef {object} MatrixOptions
 * @property {(token: TokenPosition | null) => void} onPin the reader asks to pin a token, or to unpin
 * @property {(tokens: TokenPosition | null) => void} onSelect the reader pins exactly these tokens
 * @property {(row: HighlightedRow | null, tokensPerRow: number) => void} onHighlight
 * @property {(phrases: Phrase[], isSpoken: boolean) => void} onCell receives the text for the cell that the
 *   reader points at, empty for none, and whether a screen reader says it: not while a pointer moves
 * @property {() => void} onLayout the scale has changed
 * @property {(done: number) => void} onProgress receives the part of the visible cells that are computed,
 *   0 to 1
 */

/** A matrix that reacts to the reader. */
export class Matrix {
  #options;
  #highlight;
  #picture;
  /** @type {{x: number, y: number} | null} where the pointer is, in pixels of the plane */
  #point = null;
  /** @type {MatrixCell | null} the cell that the reader points at */
  #cell = null;
  /** Whether the reader has moved to the cell by keys. */
  #isCellFocused = false;
  /** Counts the changes of the visible part. */
  #numMoves = 0;
  /** Whether the cell is one of the previous visible part. */
  #hasMoved = false;
  /** @type {TokenPosition | null} the token that the keyboard moves the focus to */
  #nextFocus = null;
  /** @type {import("./matrix_marks.js").HighlightedToken | null} */
  #highlighted = null;
  /** Tokens of the row that the reader points at. */
  #pointedSize = 1;

  /**
   * Create an empty matrix; `draw` draws it.
   * @param {HTMLElement} host
   * @param {MatrixOptions} options
   */
  constructor(host, options) {
    this.#options = options;
    this.#highlight = new Highlight({
      axes: ["query", "key"],
      onPin: (token) => this.#pinOrZoomIn(token),
      onSelect: (tokens) => this.#select(tokens),
      onHighlight: (token, isPinned) => this.#showHighlight(token, isPinned),
    });
    this.#picture = new MatrixPicture(host, {
      actions: { query: this.#actionsOf("query"), key: this.#actionsOf("key") },
      onMove: () => this.#pointAfterFrame(),
      onLayout: options.onLayout,
      onProgress: (done) => {
        options.onProgress(done);
        this.#showCell();
      },
    });
    listenToMatrix(this.#picture.plane, {
      onPoint: (point) => {
        this.#point = point;
        this.#pointAt(point && this.#picture.cellAt(point));
      },
      onClick: (point) => this.#clickAt(this.#picture.cellAt(point)),
      onDrag: (by) => scrollBy(this.#picture, by),
      onZoom: (factor, point) => zoomAt(this.#picture, factor, point),
      onKey: (direction) => this.zoom(direction),
    });
  }

  /**
   * @param {import("./matrix_content.js").MatrixData} data
   * @param {TokenPosition | null} pinned
   * @returns {Promise<void>} resolves when there is a picture, which may be refined later
   */
  async draw(data, pinned) {
    const drawn = this.#picture.draw(data);
    this.#highlight.draw(data.attentionPart, pinned);
    await drawn;
  }

  /** @param {TokenPosition | null} token */
  pin(token) {
    this.#highlight.pin(token);
  }

  /** @param {TokenPosition} token */
  goTo(token) {
    goToToken(this.#picture, token);
  }

  /** @param {1 | -1} direction 1 to zoom in, -1 to zoom out */
  zoom(direction) {
    zoomStep(this.#picture, direction);
  }

  showAll() {
    this.#picture.move((_, bounds) => wholeCamera(bounds));
  }

  /**
   * Return the weights that the matrix shows, as one group of heads; none if no head is on.
   * @returns {Pick<import("../core/geometry/head_lines.js").HeadLines, "layer" | "heads" |
   *   "weightsOfToken">[]}
   */
  headLines() {
    const { layer, heads, source } = this.#picture.content?.data ?? {};
    if (!layer || !heads || !source) return [];
    const weightsOfToken = (/** @type {TokenPosition} */ { axis, position }) =>
      axis === "query" ? source.weightsOfQuery(position) : source.weightsOfKey(position);
    return [{ layer, heads, weightsOfToken }];
  }

  /** Draw the highlight again: all rows of the filter are known now. */
  redrawHighlight() {
    this.#highlight.redraw();
  }

  /** Return what the scale of the picture is, and whether a cell can show several weights. */
  state() {
    const { content } = this.#picture;
    const smallest = content ? wholeCamera(content.space.bounds).size : MIN_LABEL;
    return {
      isWhole: this.#picture.isWhole(),
      isLong: smallest < MIN_LABEL,
      canPool: smallest < MIN_CELL,
    };
  }

  /**
   * Return what a cell shows.
   * @param {number | null} width of a static picture in pixels; null for the picture of the page
   * @returns {string} a sentence; empty if a cell shows one weight
   */
  poolingNote(width) {
    const content = this.#picture.contentAt(width);
    if (!content) return "";
    const { axes, data } = content;
    return poolingNote(axes.query.cells.rows.size, axes.key.cells.rows.size, data.pooling);
  }

  /** @type {MatrixPicture["staticPicture"]} */
  staticPicture(style) {
    return this.#picture.staticPicture(style);
  }

  /** @param {TokenPosition["axis"]} axis */
  #actionsOf(axis) {
    const actions = this.#highlight.actions(axis);
    return {
      ...actions,
      onEnter: (/** @type {number} */ position) => {
        this.#forgetMove();
        this.#pointedSize = this.#picture.content?.axes[axis].labels.rows.size ?? 1;
        actions.onEnter(position);
        if (this.#nextFocus?.axis === axis && this.#nextFocus.position === position) {
          this.#focusCell({ axis, position });
        }
        this.#nextFocus = null;
      },
      onLeave: () => {
        if (this.#isCellFocused) this.#pointAt(null);
        actions.onLeave();
      },
      onFocusMove: (/** @type {number} */ position) => {
        revealLabel(this.#picture, { axis, position });
        this.#nextFocus = { axis, position };
      },
    };
  }

  /**
   * Pin a token; a token whose label has several tokens is zoomed in to instead.
   * @param {TokenPosition | null} token
   */
  #pinOrZoomIn(token) {
    const { content } = this.#picture;
    if (token && content && content.axes[token.axis].labels.rows.size > 1) this.goTo(token);
    else this.#options.onPin(token);
  }

  /** @param {TokenPosition | null} tokens to pin, unless a label has several tokens */
  #select(tokens) {
    const { content } = this.#picture;
    const axis = tokens?.axis ?? this.#highlighted?.token.axis;
    if (axis && content?.axes[axis].labels.rows.size === 1) this.#options.onSelect(tokens);
  }

  /**
   * Show the cell of the pinned token and the focused one, if they are on different axes.
   * @param {TokenPosition} token that has the focus
   */
  #focusCell(token) {
    const { content } = this.#picture;
    if (!content || !this.#highlighted?.isPinned) return;
    this.#cell = cellOfTokens(content, this.#highlighted.token, token);
    this.#isCellFocused = this.#cell !== null;
    this.#showCell();
    this.#drawMarks();
  }

  /** @param {MatrixCell | null} cell */
  #pointAt(cell) {
    const { content } = this.#picture;
    const isSame = cell?.query === this.#cell?.query && cell?.key === this.#cell?.key;
    if ((isSame && !this.#hasMoved) || !content) return;
    this.#hasMoved = false;
    const wasCell = this.#cell !== null;
    this.#cell = cell;
    this.#isCellFocused = false;
    const { rows } = content.axes.query.cells;
    this.#pointedSize = rows.size;
    if (cell) this.#highlight.hover({ axis: "query", position: rows.edges[cell.query] });
    else if (wasCell) this.#highlight.hover(null);
    this.#showCell();
    this.#drawMarks();
  }

  /**
   * Other cells are visible. The weights of the highlighted token take most of a frame in a long text, so
   * the picture comes first, and a later move replaces this one.
   */
  async #pointAfterFrame() {
    const number = ++this.#numMoves;
    this.#hasMoved = true;
    await afterNextFrame();
    if (number === this.#numMoves) this.#pointAgain();
  }

  /** The reader points at a token of the visible part: the previous cell is of no interest. */
  #forgetMove() {
    if (!this.#hasMoved) return;
    this.#hasMoved = false;
    this.#numMoves++;
    this.#cell = null;
    this.#showCell();
    this.#drawMarks();
  }

  /** The pointer may be at another cell than before, or tokens may share it. */
  #pointAgain() {
    this.#hasMoved = false;
    const cell = this.#point && this.#picture.cellAt(this.#point);
    if (this.#cell || cell) {
      // The cells have other rows now: the marks must not use the rows of the previous cell.
      this.#cell = null;
      this.#highlight.hover(null);
      this.#pointAt(cell);
      return;
    }
    const axis = this.#highlighted?.token.axis;
    if (axis) this.#pointedSize = this.#picture.content?.axes[axis].labels.rows.size ?? 1;
    this.#highlight.redraw();
  }

  /**
   * Pin the query of a cell, or zoom in to a cell of several queries. Outside the cells, unpin.
   * @param {MatrixCell | null} cell
   */
  #clickAt(cell) {
    const { content } = this.#picture;
    if (!content) return;
    if (!cell) {
      this.#highlight.release();
      return;
    }
    const { query, key } = content.axes;
    const token = /** @type {const} */ ({
      axis: "query",
      position: query.cells.rows.edges[cell.query],
    });
    if (isPooled(content)) {
      this.goTo(token);
      this.goTo({ axis: "key", position: key.cells.rows.edges[cell.key] });
    } else {
      this.#options.onPin(token);
    }
  }

  #showCell() {
    if (this.#hasMoved) return;
    const { content } = this.#picture;
    const phrases = content && this.#cell ? phrasesOfCell(content, this.#cell) : [];
    this.#options.onCell(phrases, this.#isCellFocused);
  }

  /**
   * @param {TokenPosition | null} token
   * @param {boolean} isPinned
   */
  #showHighlight(token, isPinned) {
    this.#highlighted = token && { token, isPinned };
    this.#drawMarks();
    const size = isPinned ? 1 : this.#pointedSize;
    this.#options.onHighlight(token && this.#describe(token, isPinned, size), size);
  }

  /**
   * @param {TokenPosition} token
   * @param {boolean} isPinned
   * @param {number} size tokens that are described together
   */
  #describe(token, isPinned, size) {
    const { content } = this.#picture;
    if (!content?.data.source) return null;
    if (size === 1) return rowOfToken(content, token, isPinned);
    return rowOfNeighbors(content, token, size);
  }

  #drawMarks() {
    const { content } = this.#picture;
    if (!content || this.#hasMoved) return;
    const size = this.#pointedSize;
    this.#picture.mark(marksOf(content, this.#highlighted, this.#cell, size));
  }
}
