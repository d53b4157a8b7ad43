// The attention-head view: which token attends to which, for the chosen heads of one layer.

import { createHeadSquares } from "../controls/head_squares.js";
import { activeHeads, openHead, soloHead, toggleHead, togglePin } from "../core/state/selection.js";
import { numbersInWords } from "../core/text/caption.js";
import { categoryColor } from "../drawing/color.js";
import { createBipartite } from "../marks/bipartite.js";
import { createFrame } from "./frame.js";
import { createNavigator } from "./navigator.js";

/**
 * @param {HTMLElement} host
 * @param {import("./frame.js").MountOptions} [options]
 * @returns {import("./frame.js").View}
 */
export function mount(host, options = {}) {
  const frame = createFrame(
    host,
    "head",
    [
      { dependsOn: ["attentionPart", "layer", "heads", "palette"], show },
      { dependsOn: ["head"], show: showWay },
      { dependsOn: ["pinned"], show: showPinned },
    ],
    options,
  );
  const squares = createHeadSquares(frame.addControl("squares"), {
    onToggle: (head) => frame.select((selection) => toggleHead(selection, head, numHeads)),
    onSolo: (head) => frame.select((selection) => soloHead(selection, head, numHeads)),
  });
  const toNeuron = frame.addWay(() =>
    frame.open("neuron", (selection) =>
      openHead(selection, { layer: number, head: pickedHead(selection) }, "head"),
    ),
  );
  const navigator = createNavigator(frame.addControl, ["query", "key"], {
    onFind(token) {
      bipartite.goTo(token);
      frame.select((selection) => ({ ...selection, pinned: token }));
    },
    onZoom: (direction) => bipartite.zoom(direction),
    onShowAll: () => bipartite.showAll(),
  });
  const bipartite = createBipartite(frame.stage, {
    onPin: (token) => frame.select((selection) => togglePin(selection, token)),
    onHighlight: frame.readout.say,
    onScale: navigator.drawScale,
  });
  frame.offerToSave(({ selection }) => {
    const heads = activeHeads(selection, numHeads);
    return {
      words: ["Head view", `layer ${number}`, numbersInWords("head", heads)],
      legend: heads.map((head) => {
        return { text: String(head), color: categoryColor(head, selection.palette) };
      }),
      staticPicture: async () => bipartite.staticPicture(),
      cells: [{ layer: number, heads }],
    };
  });
  let number = 0;
  let numHeads = 0;
  let drawn = "";

  /** @type {import("./frame.js").Show} */
  async function show(shown, signal) {
    const { trace, attentionPart, selection } = shown;
    frame.pickers.drawAttentionParts(shown);
    frame.pickers.drawPalettes(shown);
    number = frame.pickers.drawLayers(shown);
    const layer = await trace.layer(attentionPart.component, number, signal);
    if (signal.aborted) return "";
    numHeads = layer.num_heads;
    const active = activeHeads(selection, numHeads);
    squares.draw(numHeads, active, selection.palette);
    navigator.draw(shown);
    const data = {
      queryTokens: trace.queryTokens(attentionPart.component),
      keyTokens: trace.keyTokens(attentionPart.component),
      attentionPart,
      layer,
      heads: active.map((head) => ({ head, color: categoryColor(head, selection.palette) })),
    };
    bipartite.draw(data, selection.pinned);
    await bipartite.whenPainted();
    if (signal.aborted) return "";
    trace.prefetch(attentionPart.component, number, signal);
    drawn = `${attentionPart.label}, layer ${number}, heads ${active.join(" ")}`;
    return showWay(shown, signal);
  }

  /** @type {import("./frame.js").Show} */
  async function showWay({ selection }) {
    toNeuron.hidden = !frame.leadsOn;
    toNeuron.textContent = `Head ${pickedHead(selection)}: neuron view →`;
    return drawn;
  }

  /** @type {import("./frame.js").Show} */
  async function showPinned({ selection }) {
    bipartite.pin(selection.pinned);
    return drawn;
  }

  /**
   * The head picked last, or the first active one.
   * @param {import("../core/state/selection.js").Selection} selection
   */
  function pickedHead(selection) {
    const active = activeHeads(selection, numHeads);
    return active.includes(selection.head) ? selection.head : active[0];
  }

  return { update: frame.update, destroy: frame.destroy };
}
