// The attention-head view: which token attends to which, for the active heads of one layer.

import { appendButton } from "../controls/button.js";
import { createHeadHelp } from "../controls/head_help.js";
import {
  activeHeads,
  openHead,
  pickedHead,
  selectHead,
  togglePredictions,
} from "../core/state/selection.js";
import { Bipartite } from "../marks/bipartite.js";
import { ViewFrame } from "./frame.js";
import { HeadActions } from "./head_actions.js";
import { HeadChoice, headsInWords } from "./head_choice.js";
import { HeadInspection } from "./head_inspection.js";
import { createNavigator } from "./navigator.js";
import { PairHeads } from "./pair_heads.js";
import { PickedHeadScores } from "./picked_head_scores.js";
import { predictionsInWords, predictsQueries, ShownPredictions } from "./shown_predictions.js";

/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("./view_content.js").ViewContent} ViewContent */

/**
 * Create an empty head view in an element.
 * @param {HTMLElement} host
 * @param {import("./view.js").MountOptions} [options]
 * @returns {import("./view.js").View}
 */
export function mount(host, options = {}) {
  return new HeadView(host, options).frame.view();
}

class HeadView {
  #heads;
  /** @type {string[]} the color of each head's square */
  #colors = [];
  #toNeuron;
  #navigator;
  #bipartite;
  #inspection;
  #pairHeads;
  #headActions;
  #scores;
  #predictions;
  #predictionsButton;
  #layer = 0;
  #numHeads = 0;
  #description = "";

  /**
   * @param {HTMLElement} host
   * @param {import("./view.js").MountOptions} options
   */
  constructor(host, options) {
    /** @type {import("./view.js").Part[]} */
    const parts = [
      {
        dependsOn: ["attentionPart", "layer", "heads", "mean", "palette", "filter", "predictions"],
        draw: (...args) => this.#draw(...args),
      },
      { dependsOn: ["head"], draw: (content) => this.#drawPickedHead(content) },
      { dependsOn: ["pinned"], draw: (content) => this.#drawPinned(content) },
    ];
    const content = {
      parts,
      scrollTo: (/** @type {TokenPosition} */ token) =>
        this.#bipartite.goTo(/** @type {TokenPosition} */ token),
      resetZoom: () => this.#bipartite.resetZoom(),
    };
    this.frame = new ViewFrame(host, "head", content, options);
    this.#inspection = new HeadInspection({
      onTable: this.frame.inspector.showHead,
      onHidden: this.frame.showHidden,
    });
    const { inspector, interventions } = this.frame;
    this.#pairHeads = new PairHeads(
      inspector,
      (cell) => this.#select((selection) => selectHead(selection, cell)),
      interventions,
    );
    this.#headActions = new HeadActions(inspector.scores, interventions);
    this.#scores = new PickedHeadScores(inspector.ownScores);
    this.#heads = new HeadChoice(this.frame, { hasMean: true });
    createHeadHelp(this.#heads.add("help"));
    this.#predictions = new ShownPredictions(this.frame, options, selectHead);
    this.#toNeuron = this.frame.controls.addAction(() => this.#openNeuronView());
    this.#navigator = createNavigator(this.frame.navigation, ["query", "key"], {
      onFind: (token) => this.frame.goTo(token),
      onZoom: (direction) => this.#bipartite.zoom(direction),
      onShowAll: () => this.#bipartite.showAll(),
    });
    this.#predictionsButton = appendButton(this.frame.navigation, "Predictions", () =>
      this.#select(togglePredictions),
    );
    this.#predictionsButton.classList.add("bertviz-predictions-toggle");
    this.#predictionsButton.hidden = true;
    this.#bipartite = new Bipartite(this.frame.stage, {
      onPin: (token) => this.frame.togglePin(token),
      onSelect: (tokens) => this.frame.pin(tokens),
      onHighlight: this.frame.inspector.show,
      onScale: this.#navigator.drawScale,
    });
    this.frame.offerSteps();
    this.frame.offerToSave((content) => this.#savable(content));
  }

  /** @type {ViewFrame["select"]} */
  #select(change) {
    this.frame.select(change);
  }

  /** @type {import("./draw_schedule.js").Draw} */
  async #draw(content, signal) {
    const { trace, attentionPart, axes, selection } = content;
    const { pickers } = this.frame;
    pickers.drawAttentionParts(content);
    pickers.drawPalettes(content, ["category10", "okabe-ito", "distinct"]);
    this.#layer = pickers.drawLayers(content);
    this.#pairHeads.setContent(content, this.#layer);
    const [layer] = await Promise.all([
      trace.layer(attentionPart.component, this.#layer, signal),
      selection.predictions ? this.#predictions.load(content) : null,
    ]);
    if (signal.aborted) return "";
    this.#numHeads = layer.num_heads;
    const active = activeHeads(selection, this.#numHeads);
    const { palette, mean } = selection;
    this.#colors = this.#heads.draw(active, this.#numHeads, palette, mean);
    this.#navigator.draw(content);
    this.frame.legend.show(active.length, selection.mean);
    this.#drawPredictionsButton(content);
    this.#predictions.setContent(content);
    const data = {
      queryTokens: axes.query.tokens,
      keyTokens: axes.key.tokens,
      attentionPart,
      layer,
      filter: content.filter,
      heads: active.map((head) => ({ head, color: this.#colors[head] })),
      isMean: selection.mean,
      predictionOf: this.#predictions.beside(content),
    };
    this.#bipartite.draw(data, content.pinned);
    await this.#bipartite.whenPainted();
    if (signal.aborted) return "";
    trace.prefetch(attentionPart.component, this.#layer, signal);
    this.#inspection.show(content, layer, active, this.#bipartite);
    this.#headActions.show(this.#layer, active);
    this.#scores.show(content, this.#layer, active);
    this.#predictions.load(content);
    const heads = active.length ? `heads ${active.join(" ")}` : "no heads";
    const shown = selection.mean ? `mean of ${heads}` : heads;
    this.#description = `${attentionPart.label}, layer ${this.#layer}, ${shown}`;
    return this.#drawPickedHead(content);
  }

  /** @param {ViewContent} content */
  async #drawPickedHead({ selection }) {
    const picked = this.#heads.drawPicked(selection);
    this.#toNeuron.hidden = !this.frame.opensViews;
    this.#toNeuron.textContent = `Open head ${picked} in Neuron view →`;
    return this.#description;
  }

  /** @param {ViewContent} content */
  async #drawPinned(content) {
    this.#pairHeads.setContent(content, this.#layer);
    this.#bipartite.pin(content.pinned);
    return this.#description;
  }

  /** @param {ViewContent} content */
  #drawPredictionsButton(content) {
    const button = this.#predictionsButton;
    button.hidden = !predictsQueries(content);
    button.setAttribute("aria-pressed", String(content.selection.predictions));
    button.title = `Show ${predictionsInWords(content)}`;
  }

  #openNeuronView() {
    this.frame.open("neuron", (selection) => {
      const head = pickedHead(selection, this.#numHeads);
      return openHead(selection, { layer: this.#layer, head }, "head");
    });
  }

  /**
   * @param {ViewContent} content
   * @returns {import("./saving.js").Savable}
   */
  #savable(content) {
    const { selection } = content;
    const hasPredictions = this.#predictions.beside(content) !== null;
    const heads = activeHeads(selection, this.#numHeads);
    const colors = this.#colors;
    return {
      titleParts: ["Head view", `layer ${this.#layer}`, headsInWords(heads, selection.mean)],
      // Lines of one color need no legend.
      legend: selection.mean ? [] : heads.map((head) => ({ text: `${head}`, color: colors[head] })),
      getNotes: async () =>
        hasPredictions ? [`Beside each query: ${predictionsInWords(content)}.`] : [],
      scaleHeads: heads.length,
      mean: selection.mean,
      staticPicture: async (style) => this.#bipartite.staticPicture(style),
      cells: [{ layer: this.#layer, heads }],
    };
  }
}
