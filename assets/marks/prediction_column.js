// The most likely token beside each query, with its probability. Only the visible rows are in the document.

import { visibleRows } from "../core/geometry/column_layout.js";
import { weightText } from "../core/text/number_format.js";
import { labelOfPredicted, MAX_LETTERS } from "../core/text/predicted_token.js";
import { appendGroup, setChangedAttributes } from "../drawing/element.js";
import { textFitter, textWidth } from "./text_width.js";

/** @typedef {import("../core/data/predictions.js").PredictedToken} PredictedToken */
/** @typedef {import("../core/geometry/bipartite_layout.js").BipartiteLayout} BipartiteLayout */
/** @typedef {import("../drawing/viewport.js").Range} Range */
/** @typedef {{x: number, y: number, text: string}} PlacedText */

/**
 * Returns the most likely token for a query of one token, or of one word; null if there is none, or if it
 * is not known yet.
 * @typedef {(unit: number) => PredictedToken | null} PredictionOfUnit
 */

/**
 * @typedef {object} PredictionColumn
 * @property {BipartiteLayout} layout
 * @property {PredictionOfUnit} predictionOf
 * @property {Element} host an element with the tokens' font family
 */

/** Pixels of the texts: --bertviz-small-text. */
const FONT_SIZE = 12;
/** Pixels between a token and its probability. */
const GAP = 6;
/** Pixels between a probability and the query's column, beyond which a bold query may extend. */
const GAP_BEFORE_QUERY = 10;
/** The widest probability. */
const WIDEST_NUMBER = "<0.001";

/**
 * Create an empty column.
 * @param {SVGElement} root
 */
export function createPredictionColumn(root) {
  const group = appendGroup(root, "bertviz-predictions");
  /** @type {((viewport: Range) => PlacedText[]) | null} */
  let textsIn = null;

  return {
    /** @param {PredictionColumn | null} column null for none; the next `setViewport` draws it */
    set(column) {
      textsIn = column && placedTexts(column);
    },
    /**
     * Draw the rows inside the viewport.
     * @param {Range} viewport
     */
    setViewport(viewport) {
      const drawn = group
        .selectAll("text")
        .data(textsIn ? textsIn(viewport) : [])
        .join("text");
      setChangedAttributes(drawn, {
        x: ({ x }) => x,
        y: ({ y }) => y,
        dy: () => "0.35em",
        "text-anchor": () => "end",
      });
      drawn.text(({ text }) => text);
    },
  };
}

/**
 * Return a function that returns the texts of the visible rows. A row of several tokens has no prediction
 * of its own.
 * @param {PredictionColumn} column
 * @returns {(viewport: Range) => PlacedText[]}
 */
function placedTexts({ layout, predictionOf, host }) {
  const { queries, xQuery, hasProbabilities } = layout;
  const { edges } = queries.rows;
  const xNumber = xQuery - GAP_BEFORE_QUERY;
  const numberWidth = textWidth(host, [WIDEST_NUMBER], FONT_SIZE) + GAP;
  const xToken = xNumber - (hasProbabilities ? numberWidth : 0);
  const fitted = textFitter(host, FONT_SIZE, xToken);
  return (viewport) => {
    const [first, end] = visibleRows(queries, viewport);
    const texts = [];
    for (let row = first; row < end; row++) {
      const token = edges[row + 1] - edges[row] === 1 ? predictionOf(edges[row]) : null;
      if (!token) continue;
      const y = queries.yOfRow(row);
      const text = fitted((letters) => labelOfPredicted(token, letters), MAX_LETTERS);
      texts.push({ x: xToken, y, text });
      if (hasProbabilities) texts.push({ x: xNumber, y, text: weightText(token.probability) });
    }
    return texts;
  };
}
