// Which token of a figure is lit: the pinned one where it is on view, else the one that the reader
// points at. No DOM: the figure says what the reader does, and shows what is lit.

import { isSamePosition } from "../data/token_position.js";

/** @typedef {import("../data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("./attention_part.js").AttentionPart} AttentionPart */

/**
 * @typedef {object} HighlightOptions
 * @property {TokenPosition["axis"][]} axes whose tokens can be lit
 * @property {(token: TokenPosition | null) => void} onPin the reader pinned a token, or lets go of it
 * @property {(lit: TokenPosition | null, isPinned: boolean) => void} onHighlight show this token as lit, or none
 */

/** @param {HighlightOptions} options */
export function createHighlight({ axes, onPin, onHighlight }) {
  /** @type {AttentionPart | null} */
  let attentionPart = null;
  /** @type {TokenPosition | null} */
  let hovered = null;
  /** @type {TokenPosition | null} */
  let pinned = null;

  /**
   * @param {TokenPosition | null} token
   * @returns {boolean}
   */
  function isOnView(token) {
    if (!token || !attentionPart || !axes.includes(token.axis)) return false;
    const [begin, end] = token.axis === "query" ? attentionPart.queries : attentionPart.keys;
    return token.position >= begin && token.position < end;
  }

  function report() {
    const isPinned = isOnView(pinned);
    const lit = isPinned ? pinned : hovered;
    onHighlight(isOnView(lit) ? lit : null, isPinned);
  }

  return {
    /**
     * An attention part is drawn anew. Under a resting pointer the same token stays lit.
     * @param {AttentionPart} drawn
     * @param {TokenPosition | null} pinnedToken
     */
    draw(drawn, pinnedToken) {
      attentionPart = drawn;
      pinned = pinnedToken;
      report();
    },
    /** The same attention part is drawn at another scale. */
    redraw: report,
    /** @param {TokenPosition | null} token */
    pin(token) {
      pinned = token;
      report();
    },
    /** @param {TokenPosition | null} token that the reader points at, by pointer or focus */
    hover(token) {
      // A pointer that moves from a token's text to its ground is still on the token.
      if (isSamePosition(token, hovered)) return;
      hovered = token;
      if (!isOnView(pinned)) report();
    },
    /** The reader points at the ground, or presses Escape. */
    release() {
      hovered = null;
      if (isOnView(pinned)) onPin(null);
      else report();
    },
    /**
     * What a column of tokens calls.
     * @param {TokenPosition["axis"]} axis
     */
    actions(axis) {
      return {
        onEnter: (/** @type {number} */ position) => this.hover({ axis, position }),
        onLeave: () => this.hover(null),
        onPin: (/** @type {number} */ position) => onPin({ axis, position }),
        onRelease: () => this.release(),
      };
    },
  };
}
