// The controls of a view of a long text, which shows it token by token: a field that finds a token,
// and the scale of the picture.

import { createTokenFinder } from "../controls/token_finder.js";
import { createZoomButtons } from "../controls/zoom_buttons.js";
import { findTokens } from "../core/text/token_search.js";

/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("./frame.js").Shown} Shown */

/**
 * @typedef {object} Scale
 * @property {boolean} isLong whether the text does not fit in sight unless the reader zooms
 * @property {boolean} isWhole whether all of it is in sight
 * @property {boolean} [isFixed] whether the picture has one size
 */

/**
 * @typedef {object} NavigatorActions
 * @property {(token: TokenPosition) => void} onFind
 * @property {(direction: 1 | -1) => void} onZoom
 * @property {() => void} onShowAll
 */

/**
 * @param {(slot: string) => HTMLElement} addControl
 * @param {TokenPosition["axis"][]} axes whose tokens can be found
 * @param {NavigatorActions} actions
 */
export function createNavigator(addControl, axes, { onFind, onZoom, onShowAll }) {
  /** @type {Shown | null} */
  let shown = null;
  const finder = createTokenFinder(addControl("find"), { search, onFind });
  const buttons = createZoomButtons(addControl("zoom"), { onZoom, onShowAll });

  /**
   * @param {string} text
   * @returns {TokenPosition[]}
   */
  function search(text) {
    if (!shown) return [];
    const { trace, attentionPart } = shown;
    const spans = { query: attentionPart.queries, key: attentionPart.keys };
    const tokens = {
      query: trace.queryTokens(attentionPart.component),
      key: trace.keyTokens(attentionPart.component),
    };
    const isOneAxis = tokens.query === tokens.key && `${spans.query}` === `${spans.key}`;
    return (isOneAxis ? axes.slice(0, 1) : axes).flatMap((axis) =>
      findTokens(tokens[axis], spans[axis], text).map((position) => ({ axis, position })),
    );
  }

  return {
    /** @param {Shown} now */
    draw(now) {
      shown = now;
    },
    /** @param {Scale} scale */
    drawScale({ isLong, isWhole, isFixed = false }) {
      finder.show(isLong);
      buttons.show(isLong && !isFixed, isWhole);
    },
  };
}
