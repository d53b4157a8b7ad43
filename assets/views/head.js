// The attention-head view: which token attends to which, for the active heads of one layer.

import { createHeadSquares } from "../controls/head_squares.js";
import { activeHeads, openHead, soloHead, toggleHead, togglePin } from "../core/state/selection.js";
import { numbersInWords } from "../core/text/caption.js";
import { categoryColor } from "../drawing/color.js";
import { Bipartite } from "../marks/bipartite.js";
import { ViewFrame } from "./frame.js";
import { createNavigator } from "./navigator.js";

/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("../core/state/selection.js").Selection} Selection */
/** @typedef {import("./draw_schedule.js").ViewContent} ViewContent */

/**
 * Create an empty head view in an element.
 * @param {HTMLElement} host
 * @param {import("./frame.js").MountOptions} [options]
 * @returns {import("./frame.js").View}
 */
export function mount(host, options = {}) {
  return new HeadView(host, options).frame.view();
}

class HeadView {
  #squares;
  #toNeuron;
  #navigator;
  #bipartite;
  #layer = 0;
  #numHeads = 0;
  #description = "";

  /**
   * @param {HTMLElement} host
   * @param {import("./frame.js").MountOptions} options
   */
  constructor(host, options) {
    /** @type {import("./frame.js").Part[]} */
    const parts = [
      {
        dependsOn: ["attentionPart", "layer", "heads", "palette"],
        draw: (...args) => this.#draw(...args),
      },
      { dependsOn: ["head"], draw: (content) => this.#drawViewButton(content) },
      { dependsOn: ["pinned"], draw: (content) => this.#drawPinned(content) },
    ];
    this.frame = new ViewFrame(host, "head", parts, options);
    this.#squares = createHeadSquares(this.frame.controls.add("squares"), {
      onToggle: (head) => this.#select((selection) => toggleHead(selection, head, this.#numHeads)),
      onSolo: (head) => this.#select((selection) => soloHead(selection, head, this.#numHeads)),
    });
    this.#toNeuron = this.frame.controls.addAction(() => this.#openNeuronView());
    this.#navigator = createNavigator((name) => this.frame.controls.add(name), ["query", "key"], {
      onFind: (token) => this.#goTo(token),
      onZoom: (direction) => this.#bipartite.zoom(direction),
      onShowAll: () => this.#bipartite.showAll(),
    });
    this.#bipartite = new Bipartite(this.frame.stage, {
      onPin: (token) => this.#select((selection) => togglePin(selection, token)),
      onHighlight: this.frame.readout.show,
      onScale: this.#navigator.drawScale,
    });
    this.frame.offerToSave((content) => this.#savable(content));
  }

  /** @type {ViewFrame["select"]} */
  #select(change) {
    this.frame.select(change);
  }

  /** @type {import("./draw_schedule.js").Draw} */
  async #draw(content, signal) {
    const { trace, attentionPart, selection } = content;
    const { pickers } = this.frame;
    pickers.drawAttentionParts(content);
    pickers.drawPalettes(content);
    this.#layer = pickers.drawLayers(content);
    const layer = await trace.layer(attentionPart.component, this.#layer, signal);
    if (signal.aborted) return "";
    this.#numHeads = layer.num_heads;
    const active = activeHeads(selection, this.#numHeads);
    this.#squares.draw(this.#numHeads, active, selection.palette);
    this.#navigator.draw(content);
    const data = {
      queryTokens: trace.queryTokens(attentionPart.component),
      keyTokens: trace.keyTokens(attentionPart.component),
      attentionPart,
      layer,
      heads: active.map((head) => ({ head, color: categoryColor(head, selection.palette) })),
    };
    this.#bipartite.draw(data, selection.pinned);
    await this.#bipartite.whenPainted();
    if (signal.aborted) return "";
    trace.prefetch(attentionPart.component, this.#layer, signal);
    this.#description = `${attentionPart.label}, layer ${this.#layer}, heads ${active.join(" ")}`;
    return this.#drawViewButton(content);
  }

  /** @param {ViewContent} content */
  async #drawViewButton({ selection }) {
    this.#toNeuron.hidden = !this.frame.opensViews;
    this.#toNeuron.textContent = `Head ${this.#pickedHead(selection)}: neuron view →`;
    return this.#description;
  }

  /** @param {ViewContent} content */
  async #drawPinned({ selection }) {
    this.#bipartite.pin(selection.pinned);
    return this.#description;
  }

  /**
   * Return the head picked last, or the first active head.
   * @param {Selection} selection
   * @returns {number}
   */
  #pickedHead(selection) {
    const active = activeHeads(selection, this.#numHeads);
    return active.includes(selection.head) ? selection.head : active[0];
  }

  #openNeuronView() {
    this.frame.open("neuron", (selection) => {
      return openHead(selection, { layer: this.#layer, head: this.#pickedHead(selection) }, "head");
    });
  }

  /** @param {TokenPosition} token */
  #goTo(token) {
    this.#bipartite.goTo(token);
    this.#select((selection) => ({ ...selection, pinned: token }));
  }

  /**
   * @param {ViewContent} content
   * @returns {import("./saving.js").Savable}
   */
  #savable({ selection }) {
    const heads = activeHeads(selection, this.#numHeads);
    return {
      titleParts: ["Head view", `layer ${this.#layer}`, numbersInWords("head", heads)],
      legend: heads.map((head) => {
        return { text: String(head), color: categoryColor(head, selection.palette) };
      }),
      scaleHeads: heads.length,
      staticPicture: async (style) => this.#bipartite.staticPicture(style),
      cells: [{ layer: this.#layer, heads }],
    };
  }
}
