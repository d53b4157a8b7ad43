// Decides which token of a figure is highlighted: the pinned one if the figure contains it, otherwise
// the one that the reader points at. The figure reports what the reader does and draws the result.

import { isSamePosition, positionsOfToken, toggleToken, tokensAt } from "../data/token_position.js";

/** @typedef {import("../data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("./attention_part.js").AttentionPart} AttentionPart */

/**
 * @typedef {object} HighlightOptions
 * @property {TokenPosition["axis"][]} axes the axes whose tokens can be highlighted
 * @property {(token: TokenPosition | null) => void} onPin the reader asks to pin a token, or to unpin
 * @property {(tokens: TokenPosition | null) => void} onSelect the reader asks to pin exactly these tokens
 * @property {(token: TokenPosition | null) => void} [onPoint] the reader points at a token, or moves the focus to
 *   it; null for none
 * @property {() => void} [onRelease] the reader pressed the background or Escape
 * @property {(token: TokenPosition | null, isPinned: boolean) => void} onHighlight draw this token as
 *   highlighted; null for none
 */

/** The highlighted token of a figure. No token is highlighted before the first call of `draw`. */
export class Highlight {
  #options;
  /** @type {AttentionPart | null} */
  #attentionPart = null;
  /** @type {TokenPosition | null} */
  #hovered = null;
  /** @type {TokenPosition | null} */
  #pinned = null;

  /** @param {HighlightOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /**
   * Report the highlight of a new attention part. The token under the pointer stays highlighted.
   * @param {AttentionPart} attentionPart
   * @param {TokenPosition | null} pinned
   */
  draw(attentionPart, pinned) {
    this.#attentionPart = attentionPart;
    this.#pinned = pinned;
    this.redraw();
  }

  /** Report the highlight again, after the same attention part was drawn at another scale. */
  redraw() {
    const pinned = this.#shownPin();
    const hovered = this.#hovered && this.#partOf(this.#hovered);
    this.#options.onHighlight(pinned ?? hovered, pinned !== null);
  }

  /**
   * Set the pinned token.
   * @param {TokenPosition | null} token
   */
  pin(token) {
    this.#pinned = token;
    this.redraw();
  }

  /**
   * Set the token that the pointer or the focus is on.
   * @param {TokenPosition | null} token
   */
  hover(token) {
    // The pointer can move from a token's text to its background and stay on the token.
    if (isSamePosition(token, this.#hovered)) return;
    this.#hovered = token;
    if (!this.#shownPin()) this.redraw();
  }

  /** Unpin the highlighted token, or end the highlight: the reader pressed the background or Escape. */
  release() {
    this.#hovered = null;
    if (this.#shownPin()) this.#options.onPin(null);
    else this.redraw();
    this.#options.onRelease?.();
  }

  /**
   * Return the actions of a column of tokens.
   * @param {TokenPosition["axis"]} axis
   */
  actions(axis) {
    return {
      onEnter: (/** @type {number} */ position) => this.#point({ axis, position }),
      onLeave: () => this.#point(null),
      onPin: (/** @type {number} */ position) => this.#options.onPin({ axis, position }),
      onAdd: (/** @type {number} */ position) =>
        this.#options.onSelect(toggleToken(this.#shownPin(), { axis, position })),
      onDrag: (/** @type {number} */ from, /** @type {number} */ to) => {
        const step = from <= to ? 1 : -1;
        const length = Math.abs(to - from) + 1;
        const positions = Array.from({ length }, (_, at) => from + step * at);
        this.#options.onSelect(tokensAt(axis, positions));
      },
      onRelease: () => this.release(),
    };
  }

  /** @param {TokenPosition | null} token at which the reader points */
  #point(token) {
    this.hover(token);
    this.#options.onPoint?.(token);
  }

  /** @returns {TokenPosition | null} those of the pinned tokens that the figure can highlight */
  #shownPin() {
    return this.#pinned && this.#partOf(this.#pinned);
  }

  /**
   * @param {TokenPosition} token
   * @returns {TokenPosition | null} those of the tokens that the figure contains and can highlight
   */
  #partOf(token) {
    const part = this.#attentionPart;
    if (!part || !this.#options.axes.includes(token.axis)) return null;
    const [begin, end] = token.axis === "query" ? part.queries : part.keys;
    const isInside = (/** @type {number} */ position) => position >= begin && position < end;
    return tokensAt(token.axis, positionsOfToken(token).filter(isInside));
  }
}
