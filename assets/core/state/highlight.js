// Decides which token of a figure is highlighted: the pinned one if the figure contains it, otherwise
// the one that the reader points at. The figure reports what the reader does and draws the result.

import { isSamePosition } from "../data/token_position.js";

/** @typedef {import("../data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("./attention_part.js").AttentionPart} AttentionPart */

/**
 * @typedef {object} HighlightOptions
 * @property {TokenPosition["axis"][]} axes the axes whose tokens can be highlighted
 * @property {(token: TokenPosition | null) => void} onPin the reader asks to pin a token, or to unpin
 * @property {(token: TokenPosition | null, isPinned: boolean) => void} onHighlight draw this token as
 *   highlighted; null for none
 */

/**
 * Create the highlight of a figure. No token is highlighted before the first call of `draw`.
 * @param {HighlightOptions} options
 */
export function createHighlight({ axes, onPin, onHighlight }) {
  /** @type {AttentionPart | null} */
  let attentionPart = null;
  /** @type {TokenPosition | null} */
  let hovered = null;
  /** @type {TokenPosition | null} */
  let pinned = null;

  /**
   * @param {TokenPosition | null} token
   * @returns {boolean} whether the figure contains the token and can highlight it
   */
  function canHighlight(token) {
    if (!token || !attentionPart || !axes.includes(token.axis)) return false;
    const [begin, end] = token.axis === "query" ? attentionPart.queries : attentionPart.keys;
    return token.position >= begin && token.position < end;
  }

  function report() {
    const isPinned = canHighlight(pinned);
    const token = isPinned ? pinned : hovered;
    onHighlight(canHighlight(token) ? token : null, isPinned);
  }

  /** @param {TokenPosition | null} token the token that the pointer or the focus is on */
  function hover(token) {
    // The pointer can move from a token's text to its background and stay on the token.
    if (isSamePosition(token, hovered)) return;
    hovered = token;
    if (!canHighlight(pinned)) report();
  }

  /** The reader pressed the background or Escape. */
  function release() {
    hovered = null;
    if (canHighlight(pinned)) onPin(null);
    else report();
  }

  return {
    /**
     * Report the highlight of a new attention part. The token under the pointer stays highlighted.
     * @param {AttentionPart} part
     * @param {TokenPosition | null} pinnedToken
     */
    draw(part, pinnedToken) {
      attentionPart = part;
      pinned = pinnedToken;
      report();
    },
    /** Report the highlight again, after the same attention part was drawn at another scale. */
    redraw: report,
    /** @param {TokenPosition | null} token the token that is pinned from now on */
    pin(token) {
      pinned = token;
      report();
    },
    hover,
    release,
    /**
     * Return the actions of a column of tokens.
     * @param {TokenPosition["axis"]} axis
     */
    actions(axis) {
      return {
        onEnter: (/** @type {number} */ position) => hover({ axis, position }),
        onLeave: () => hover(null),
        onPin: (/** @type {number} */ position) => onPin({ axis, position }),
        onRelease: release,
      };
    },
  };
}
