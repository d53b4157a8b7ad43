// The neuron view: one head, collapsed to tokens and lines, or expanded to query and key vectors.

import { headWeights } from "../core/attention.js";
import { BLUE } from "../core/color.js";
import { createBipartite } from "../marks/bipartite.js";
import { createComputation } from "../marks/computation.js";
import { createExpander } from "../marks/expander.js";
import { drawPicker } from "../marks/picker.js";
import { createFrame } from "./frame.js";

const EXPAND = "Show query and key vectors";
const COLLAPSE = "Hide query and key vectors";

/**
 * @param {HTMLElement} host
 * @returns {import("./frame.js").View}
 */
export function mount(host) {
  const frame = createFrame(host, "neuron", show);
  const toggleSlot = frame.addControl("toggle");
  toggleSlot.hidden = true;
  const toggle = toggleSlot.appendChild(host.ownerDocument.createElement("button"));
  toggle.type = "button";
  toggle.addEventListener("click", () => expand(!expanded));
  const collapsedFigure = createBipartite(frame.stage, {
    hoverKeys: false,
    rowHeight: 26,
    onHover: (hover) => plus.moveTo(hover && collapsedFigure.yQuery(hover.position)),
  });
  const expandedFigure = createComputation(frame.stage, {
    onHover: (query) => minus.moveTo(query === null ? null : expandedFigure.yQuery(query)),
  });
  const plus = createExpander(collapsedFigure.queryColumn, {
    sign: "+",
    label: EXPAND,
    onClick: () => expand(true),
  });
  const minus = createExpander(expandedFigure.queryColumn, {
    sign: "−",
    label: COLLAPSE,
    onClick: () => expand(false),
  });
  let head = 0;
  let expanded = false;

  /** @type {import("./frame.js").Show} */
  async function show({ trace, block }, isCurrent) {
    const number = frame.pickLayer({ trace, block });
    const layer = await trace.layer(block.component, number);
    if (!isCurrent()) return "";
    head = Math.min(head, layer.num_heads - 1);
    drawHeadPicker(layer.num_heads);
    toggleSlot.hidden = false;
    toggle.textContent = expanded ? COLLAPSE : EXPAND;
    const queryTokens = trace.queryTokens(block.component);
    const keyTokens = trace.keyTokens(block.component);
    collapsedFigure.element.hidden = expanded;
    expandedFigure.element.hidden = !expanded;
    if (expanded) {
      expandedFigure.draw({ queryTokens, keyTokens, block, layer, head });
    } else {
      const heads = [{ weights: headWeights(layer, head), color: BLUE }];
      collapsedFigure.draw({ queryTokens, keyTokens, block, heads });
    }
    const state = expanded ? "expanded" : "collapsed";
    return `${block.label}, layer ${number}, head ${head}, ${state}`;
  }

  /** @param {number} numHeads */
  function drawHeadPicker(numHeads) {
    drawPicker(frame.slots.head, {
      label: "Head",
      choices: Array.from({ length: numHeads }, (_, index) => index),
      text: String,
      chosen: head,
      onChange(chosen) {
        head = chosen;
        frame.redraw();
      },
    });
  }

  /** @param {boolean} next */
  function expand(next) {
    expanded = next;
    frame.redraw();
  }

  return { update: frame.update, destroy: frame.destroy };
}
