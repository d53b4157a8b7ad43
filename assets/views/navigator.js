// The controls of a view of a long text: a search field for tokens, and zoom buttons.

import { createTokenFinder } from "../controls/token_finder.js";
import { createZoomButtons } from "../controls/zoom_buttons.js";
import { findTokens } from "../core/text/token_search.js";
import { appendElement } from "../drawing/element.js";

/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("./view_content.js").ViewContent} ViewContent */

/**
 * @typedef {object} ScaleState
 * @property {boolean} isLong whether the tokens are not all visible at the default scale
 * @property {boolean} isWhole whether all tokens are visible
 * @property {boolean} [isFixed] whether the reader cannot zoom
 */

/**
 * @typedef {object} NavigatorActions
 * @property {(token: TokenPosition) => void} onFind
 * @property {(direction: 1 | -1) => void} onZoom
 * @property {() => void} onShowAll
 */

/**
 * Create the controls, hidden until `drawScale` shows them for a long text.
 * @param {HTMLElement} host
 * @param {TokenPosition["axis"][]} axes to search
 * @param {NavigatorActions} actions
 */
export function createNavigator(host, axes, { onFind, onZoom, onShowAll }) {
  /** @type {ViewContent | null} */
  let current = null;
  const search = (/** @type {string} */ text) => (current ? findIn(current, axes, text) : []);
  const finder = createTokenFinder(appendElement(host, "div", "bertviz-find"), { search, onFind });
  const zoom = appendElement(host, "div", "bertviz-zoom");
  const buttons = createZoomButtons(zoom, { onZoom, onShowAll });

  return {
    /** @param {ViewContent} content to search */
    draw(content) {
      current = content;
    },
    /** @param {ScaleState} state */
    drawScale({ isLong, isWhole, isFixed = false }) {
      finder.show(isLong);
      buttons.show(isLong && !isFixed, isWhole);
    },
  };
}

/**
 * Return the tokens that match a text. If queries and keys are the same tokens, only the first axis is
 * searched.
 * @param {ViewContent} content
 * @param {TokenPosition["axis"][]} searched
 * @param {string} text
 * @returns {TokenPosition[]}
 */
function findIn({ attentionPart, axes }, searched, text) {
  const spans = { query: attentionPart.queries, key: attentionPart.keys };
  const tokens = { query: axes.query.tokens, key: axes.key.tokens };
  const isOneAxis = tokens.query === tokens.key && `${spans.query}` === `${spans.key}`;
  return (isOneAxis ? searched.slice(0, 1) : searched).flatMap((axis) =>
    findTokens(tokens[axis], spans[axis], text).map((position) => ({ axis, position })),
  );
}
