// The neuron view of one head: collapsed to tokens and lines, or expanded to query and key vectors.

import { createExpander } from "../controls/expander.js";
import { describeFormula } from "../core/formula/formula_description.js";
import { BUTTON_WIDTH } from "../core/geometry/token_widths.js";
import { selectHead } from "../core/state/selection.js";
import { BLUE } from "../drawing/color.js";
import { Bipartite } from "../marks/bipartite.js";
import { Computation } from "../marks/computation.js";
import { ViewFrame } from "./frame.js";
import { HeadActions } from "./head_actions.js";
import { HeadInspection } from "./head_inspection.js";
import { createNavigator } from "./navigator.js";
import { ShownPredictions } from "./shown_predictions.js";

/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("../core/data/wire.js").LayerAttention} LayerAttention */
/** @typedef {import("../core/state/selection.js").Selection} Selection */
/** @typedef {import("./view_content.js").ViewContent} ViewContent */

const EXPAND = "Show query and key vectors";
const COLLAPSE = "Hide query and key vectors";

/**
 * Create an empty neuron view in an element.
 * @param {HTMLElement} host
 * @param {import("./view.js").MountOptions} [options]
 * @returns {import("./view.js").View}
 */
export function mount(host, options = {}) {
  return new NeuronView(host, options).frame.view();
}

class NeuronView {
  #toggle;
  #navigator;
  #collapsed;
  #expanded;
  #plus;
  #minus;
  #inspection;
  #headActions;
  #predictions;
  #layer = 0;
  #head = 0;
  #isExpanded = false;
  #description = "";

  /**
   * @param {HTMLElement} host
   * @param {import("./view.js").MountOptions} options
   */
  constructor(host, options) {
    /** @type {import("./view.js").Part[]} */
    const parts = [
      {
        dependsOn: ["attentionPart", "layer", "head", "expanded", "filter"],
        draw: (...args) => this.#draw(...args),
      },
      { dependsOn: ["pinned"], draw: (content) => this.#drawPinned(content) },
    ];
    const content = {
      parts,
      scrollTo: (/** @type {TokenPosition} */ token) =>
        this.#scrollTo(/** @type {TokenPosition} */ token),
      resetZoom: () => this.#collapsed.resetZoom(),
      // The vectors are those of tokens, as the model multiplies them.
      ignoresFilter: (/** @type {Selection} */ { expanded }) => expanded,
    };
    this.frame = new ViewFrame(host, "neuron", content, options);
    this.#inspection = new HeadInspection({
      onTable: this.frame.inspector.showHead,
      onHidden: this.frame.showHidden,
    });
    this.#headActions = new HeadActions(this.frame.inspector.scores, this.frame.interventions);
    this.#predictions = new ShownPredictions(this.frame, options, selectHead);
    const onClick = () => this.#expandOrCollapse();
    this.#toggle = this.frame.controls.addButton(onClick);
    this.#navigator = createNavigator(this.frame.navigation, ["query"], {
      onFind: (token) => this.frame.goTo(token),
      onZoom: (direction) => this.#collapsed.zoom(direction),
      onShowAll: () => this.#collapsed.showAll(),
    });
    this.#collapsed = this.#createCollapsed();
    this.#expanded = this.#createExpanded();
    this.#plus = createExpander(this.#collapsed.queryGroup, { sign: "+", label: EXPAND, onClick });
    this.#minus = createExpander(this.#expanded.queryGroup, {
      sign: "−",
      label: COLLAPSE,
      onClick,
    });
    this.frame.offerSteps();
    this.frame.offerToSave((content) => this.#savable(content));
  }

  #createCollapsed() {
    return new Bipartite(this.frame.stage, {
      onPin: (token) => this.frame.togglePin(token),
      onSelect: (tokens) => this.frame.pin(tokens),
      onHighlight: (row, numHeads, tokensPerRow) => {
        this.frame.inspector.show(row, numHeads, tokensPerRow);
        this.#plus.moveTo(row && this.#collapsed.yQuery(row.token.position));
      },
      onScale: this.#navigator.drawScale,
      highlightKeys: false,
      buttonWidth: BUTTON_WIDTH,
      rowHeight: 26,
    });
  }

  #createExpanded() {
    return new Computation(this.frame.stage, {
      onPin: (token) => this.frame.togglePin(token),
      onSelect: (tokens) => this.frame.pin(tokens),
      onHighlight: (row) => {
        this.frame.inspector.show(row, 1);
        // In a step, the button would be over the token; the button above the figure collapses the view.
        const hasButton = row && !this.#expanded.showsStep();
        this.#minus.moveTo(hasButton ? this.#expanded.yQuery(row.token.position) : null);
      },
    });
  }

  /** @type {import("./draw_schedule.js").Draw} */
  async #draw(content, signal) {
    const { trace, attentionPart, selection } = content;
    this.frame.pickers.drawAttentionParts(content);
    this.#layer = this.frame.pickers.drawLayers(content);
    const layer = await trace.layer(attentionPart.component, this.#layer, signal);
    if (signal.aborted) return "";
    this.#head = Math.min(selection.head, layer.num_heads - 1);
    this.frame.pickers.drawHeads(this.#head, layer.num_heads);
    this.frame.legend.show(1);
    const hasVectors = layer.head_dim > 0;
    this.#isExpanded = selection.expanded && hasVectors;
    this.#plus.allow(hasVectors);
    this.#toggle.hidden = !hasVectors;
    this.#toggle.textContent = this.#isExpanded ? COLLAPSE : EXPAND;
    this.#navigator.draw(content);
    this.#collapsed.element.hidden = this.#isExpanded;
    this.#expanded.element.hidden = !this.#isExpanded;
    this.#predictions.setContent(content);
    await this.#drawFigure(content, layer);
    if (signal.aborted) return "";
    trace.prefetch(attentionPart.component, this.#layer, signal);
    this.#inspection.show(content, layer, [this.#head], this.#isExpanded ? null : this.#collapsed);
    this.#headActions.show(this.#layer, [this.#head]);
    this.#predictions.load(content);
    const state = this.#isExpanded ? "expanded" : "collapsed";
    this.#description = `${attentionPart.label}, layer ${this.#layer}, head ${this.#head}, ${state}`;
    return this.#description;
  }

  /**
   * Draw the visible figure.
   * @param {ViewContent} content
   * @param {LayerAttention} layer
   */
  async #drawFigure({ attentionPart, axes, pinned, filter }, layer) {
    const head = this.#head;
    const data = {
      queryTokens: axes.query.tokens,
      keyTokens: axes.key.tokens,
      attentionPart,
      layer,
    };
    if (this.#isExpanded) {
      this.#expanded.draw({ ...data, head }, pinned);
      const isLong = this.#expanded.scrolls();
      this.#navigator.drawScale({ isLong, isWhole: true, isFixed: true });
    } else {
      this.#collapsed.draw({ ...data, filter, heads: [{ head, color: BLUE }] }, pinned);
      await this.#collapsed.whenPainted();
    }
  }

  #visibleFigure() {
    return this.#isExpanded ? this.#expanded : this.#collapsed;
  }

  /** @param {ViewContent} content */
  async #drawPinned({ pinned }) {
    this.#visibleFigure().pin(pinned);
    return this.#description;
  }

  /** @param {TokenPosition} token */
  #scrollTo(token) {
    this.#collapsed.goTo(token);
    this.#expanded.goTo(token);
  }

  #expandOrCollapse() {
    this.frame.select((selection) => ({ ...selection, expanded: !selection.expanded }));
  }

  /**
   * @param {ViewContent} content
   * @returns {import("./saving.js").Savable}
   */
  #savable({ trace, attentionPart }) {
    return {
      titleParts: ["Neuron view", `layer ${this.#layer}`, `head ${this.#head}`],
      getNotes: async () => {
        const layer = await trace.layer(attentionPart.component, this.#layer);
        const { equation, keyRange } = describeFormula(layer);
        return this.#isExpanded ? [`${equation} ${keyRange}`] : [];
      },
      scaleHeads: this.#isExpanded ? 0 : 1,
      staticPicture: async (style) => this.#visibleFigure().staticPicture(style),
      cells: [{ layer: this.#layer, heads: [this.#head] }],
    };
  }
}
