// The lines of a bipartite figure, and the weights beside the rows when only one row's lines are shown.

import { positionsOfToken } from "../core/data/token_position.js";
import { rowAt } from "../core/geometry/rows.js";
import { combinedWeights, meanWeights } from "../core/state/highlighted_row.js";
import { drawHeads, drawRows } from "./attention_lines.js";
import { createRowWeights } from "./row_weights.js";

/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("./bipartite_content.js").BipartiteContent} BipartiteContent */

/**
 * Create the canvases and the SVG groups, empty.
 * @param {import("../drawing/figure.js").Figure} figure
 * @param {number} width of a line, in pixels
 */
export function createBipartiteLines(figure, width) {
  const allLines = figure.addCanvas({ hasBackground: true });
  const linesOfRow = figure.addCanvas({ hasBackground: true });
  const rowWeights = createRowWeights(figure.root);

  return {
    /** @param {BipartiteContent} content */
    draw({ layout, heads }) {
      allLines.paint((surface) => drawHeads(surface, layout, heads, width));
    },
    /** Show all lines. */
    showAll() {
      allLines.setVisible(true);
      linesOfRow.paint(null);
      rowWeights.set(null);
      rowWeights.setViewport(figure.viewport());
    },
    /**
     * Show only the lines of one or several tokens, and the weight of each row on the other side.
     * @param {BipartiteContent} content
     * @param {TokenPosition} token
     * @returns {Float32Array} `[other row]`, the mean weights or differences over the heads
     */
    showRows({ data, layout, heads, sides }, token) {
      const { axis } = token;
      const rowOf = (/** @type {number} */ position) => rowAt(sides[axis].column.rows, position);
      const axisRows = positionsOfToken(token).map((position) => ({ axis, row: rowOf(position) }));
      allLines.setVisible(false);
      const shown = axis === "key" ? { ...layout, x1: layout.x1OfKey } : layout;
      linesOfRow.paint((surface) => drawRows(surface, shown, heads, axisRows, width));
      const weightsOfHeads = heads.map(({ lines, color, negative }) => {
        const weightsOf = (/** @type {TokenPosition} */ { position }) =>
          lines.weightsOfRow(axis, rowOf(position));
        return { weights: combinedWeights(token, weightsOf), color, negative };
      });
      const means = meanWeights(weightsOfHeads.map(({ weights }) => weights));
      const isDifference = Boolean(data.subtracted);
      rowWeights.set({ layout, axis, heads: weightsOfHeads, means, isDifference });
      rowWeights.setViewport(figure.viewport());
      return means;
    },
    /** @param {import("../drawing/viewport.js").Range} viewport */
    setViewport(viewport) {
      rowWeights.setViewport(viewport);
    },
  };
}
