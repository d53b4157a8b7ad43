// The neuron view: one head, collapsed to tokens and lines, or expanded to query and key vectors.

import { createExpander } from "../controls/expander.js";
import { describeFormula } from "../core/formula/formula_description.js";
import { togglePin } from "../core/state/selection.js";
import { BLUE } from "../drawing/color.js";
import { createBipartite } from "../marks/bipartite.js";
import { createComputation } from "../marks/computation.js";
import { createFrame } from "./frame.js";
import { createNavigator } from "./navigator.js";

const EXPAND = "Show query and key vectors";
const COLLAPSE = "Hide query and key vectors";

/**
 * @param {HTMLElement} host
 * @param {import("./frame.js").MountOptions} [options]
 * @returns {import("./frame.js").View}
 */
export function mount(host, options = {}) {
  const frame = createFrame(
    host,
    "neuron",
    [
      { dependsOn: ["attentionPart", "layer", "head", "expanded"], show },
      { dependsOn: ["pinned"], show: showPinned },
    ],
    options,
  );
  const toggle = frame.addButton("toggle", expand);
  const onPin = (
    /** @type {import("../core/data/token_position.js").TokenPosition | null} */ token,
  ) => frame.select((selection) => togglePin(selection, token));
  const navigator = createNavigator(frame.addControl, ["query"], {
    onFind(token) {
      collapsedFigure.goTo(token);
      expandedFigure.goTo(token);
      frame.select((selection) => ({ ...selection, pinned: token }));
    },
    onZoom: (direction) => collapsedFigure.zoom(direction),
    onShowAll: () => collapsedFigure.showAll(),
  });
  const collapsedFigure = createBipartite(frame.stage, {
    onPin,
    onHighlight(lit, numHeads, tokensOfRow) {
      frame.readout.say(lit, numHeads, tokensOfRow);
      plus.moveTo(lit && collapsedFigure.yQuery(lit.token.position));
    },
    onScale: navigator.drawScale,
    highlightKeys: false,
    rowHeight: 26,
  });
  const expandedFigure = createComputation(frame.stage, {
    onPin,
    onHighlight(lit) {
      frame.readout.say(lit, 1);
      minus.moveTo(lit && expandedFigure.yQuery(lit.token.position));
    },
  });
  const plus = createExpander(collapsedFigure.queryGroup, {
    sign: "+",
    label: EXPAND,
    onClick: expand,
  });
  const minus = createExpander(expandedFigure.queryGroup, {
    sign: "−",
    label: COLLAPSE,
    onClick: expand,
  });
  frame.offerToSave(({ trace, attentionPart }) => {
    return {
      words: ["Neuron view", `layer ${number}`, `head ${head}`],
      notes: async () => {
        const { equation, keyRange } = describeFormula(
          await trace.layer(attentionPart.component, number),
        );
        return expanded ? [`${equation} ${keyRange}`] : [];
      },
      staticPicture: async () => (expanded ? expandedFigure : collapsedFigure).staticPicture(),
      cells: [{ layer: number, heads: [head] }],
    };
  });
  let number = 0;
  let head = 0;
  let expanded = false;
  let drawn = "";

  /** @type {import("./frame.js").Show} */
  async function show(shown, signal) {
    const { trace, attentionPart, selection } = shown;
    frame.pickers.drawAttentionParts(shown);
    number = frame.pickers.drawLayers(shown);
    const layer = await trace.layer(attentionPart.component, number, signal);
    if (signal.aborted) return "";
    head = Math.min(selection.head, layer.num_heads - 1);
    frame.pickers.drawHeads(head, layer.num_heads);
    const hasVectors = layer.head_dim > 0;
    expanded = selection.expanded && hasVectors;
    plus.allow(hasVectors);
    toggle.hidden = !hasVectors;
    navigator.draw(shown);
    toggle.textContent = expanded ? COLLAPSE : EXPAND;
    const queryTokens = trace.queryTokens(attentionPart.component);
    const keyTokens = trace.keyTokens(attentionPart.component);
    collapsedFigure.element.hidden = expanded;
    expandedFigure.element.hidden = !expanded;
    if (expanded) {
      expandedFigure.draw({ queryTokens, keyTokens, attentionPart, layer, head }, selection.pinned);
      navigator.drawScale({ isLong: expandedFigure.scrolls(), isWhole: true, isFixed: true });
    } else {
      const heads = [{ head, color: BLUE }];
      collapsedFigure.draw(
        { queryTokens, keyTokens, attentionPart, layer, heads },
        selection.pinned,
      );
      await collapsedFigure.whenPainted();
      if (signal.aborted) return "";
    }
    trace.prefetch(attentionPart.component, number, signal);
    const state = expanded ? "expanded" : "collapsed";
    drawn = `${attentionPart.label}, layer ${number}, head ${head}, ${state}`;
    return drawn;
  }

  /** @type {import("./frame.js").Show} */
  async function showPinned({ selection }) {
    (expanded ? expandedFigure : collapsedFigure).pin(selection.pinned);
    return drawn;
  }

  function expand() {
    frame.select((selection) => ({ ...selection, expanded: !selection.expanded }));
  }

  return { update: frame.update, destroy: frame.destroy };
}
