// The model view: all layers and heads at a glance, and one head larger beside its cell.

import { headWeights } from "../core/attention.js";
import { categoryColor } from "../core/color.js";
import { createBipartite } from "../marks/bipartite.js";
import { createPanel } from "../marks/panel.js";
import { createThumbnailGrid, titleOf } from "../marks/thumbnail_grid.js";
import { createFrame } from "./frame.js";

/** @typedef {import("../marks/thumbnail_grid.js").Cell} Cell */

/**
 * @param {HTMLElement} host
 * @returns {import("./frame.js").View}
 */
export function mount(host) {
  const frame = createFrame(host, "model", show);
  const grid = createThumbnailGrid(frame.stage, pick);
  const panel = createPanel(frame.stage, () => open(null));
  const bipartite = createBipartite(panel.body, {
    hoverKeys: false,
    rowHeight: 18,
    fontSize: 13,
    maxHeight: 460,
  });
  /** @type {Cell | null} */
  let opened = null;

  /** @type {import("./frame.js").Show} */
  async function show(shown, isCurrent) {
    const overview = await shown.trace.overview(shown.block.component);
    if (!isCurrent()) return "";
    await grid.draw(overview, shown.block, isCurrent);
    if (opened && !grid.has(opened)) opened = null;
    return showPanel(shown, isCurrent);
  }

  /** @type {import("./frame.js").Show} */
  async function showPanel({ trace, block }, isCurrent) {
    grid.mark(opened);
    if (!opened) {
      panel.close();
      return block.label;
    }
    const { layer: number, head } = opened;
    const layer = await trace.layer(block.component, number);
    if (!isCurrent()) return "";
    panel.open(titleOf({ layer: number, head }));
    bipartite.draw({
      queryTokens: trace.queryTokens(block.component),
      keyTokens: trace.keyTokens(block.component),
      block,
      heads: [{ weights: headWeights(layer, head), color: categoryColor(number) }],
    });
    panel.moveBeside(grid.placeOf({ layer: number, head }));
    return `${block.label}, ${titleOf({ layer: number, head })}`;
  }

  /** @param {Cell} cell */
  function pick(cell) {
    const again = cell.layer === opened?.layer && cell.head === opened?.head;
    open(again ? null : cell);
  }

  /** @param {Cell | null} cell */
  function open(cell) {
    opened = cell;
    frame.redraw(showPanel);
  }

  return { update: frame.update, destroy: frame.destroy };
}
