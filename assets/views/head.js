// The attention-head view: which token attends to which, for the chosen heads of one layer.

import { headWeights } from "../core/attention.js";
import { categoryColor } from "../core/color.js";
import { soloHead, toggleHead } from "../core/selection.js";
import { createBipartite } from "../marks/bipartite.js";
import { drawHeadSquares } from "../marks/head_squares.js";
import { createFrame } from "./frame.js";

/**
 * @param {HTMLElement} host
 * @returns {import("./frame.js").View}
 */
export function mount(host) {
  const frame = createFrame(host, "head", show);
  const squares = frame.addControl("squares");
  const bipartite = createBipartite(frame.stage);
  /** @type {boolean[]} whether each head is active */
  let heads = [];

  /** @type {import("./frame.js").Show} */
  async function show({ trace, block }, isCurrent) {
    const number = frame.pickLayer({ trace, block });
    const layer = await trace.layer(block.component, number);
    if (!isCurrent()) return "";
    if (heads.length !== layer.num_heads) heads = Array(layer.num_heads).fill(true);
    drawHeadSquares(squares, heads, {
      onToggle: (head) => choose(toggleHead(heads, head)),
      onSolo: (head) => choose(soloHead(heads, head)),
    });
    const active = heads.flatMap((isActive, head) => (isActive ? [head] : []));
    bipartite.draw({
      queryTokens: trace.queryTokens(block.component),
      keyTokens: trace.keyTokens(block.component),
      block,
      heads: active.map((head) => ({
        weights: headWeights(layer, head),
        color: categoryColor(head),
      })),
    });
    return `${block.label}, layer ${number}, heads ${active.join(" ")}`;
  }

  /** @param {boolean[]} next */
  function choose(next) {
    heads = next;
    frame.redraw();
  }

  return { update: frame.update, destroy: frame.destroy };
}
