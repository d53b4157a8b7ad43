// The attention-head view: which token attends to which, for the active heads of one layer.

import { appendButton } from "../controls/button.js";
import { createHeadHelp } from "../controls/head_help.js";
import { shownComparison } from "../core/state/comparison.js";
import {
  activeHeads,
  openHead,
  pickedHead,
  selectHead,
  togglePredictions,
} from "../core/state/selection.js";
import { comparedData, otherFigure } from "./compared_data.js";
import { comparedRun, layerOfRun, missingInWords, runInTitle } from "./compared_run.js";
import { ViewFrame } from "./frame.js";
import { HeadActions } from "./head_actions.js";
import { HeadChoice, headsInWords } from "./head_choice.js";
import { HeadFigures } from "./head_figures.js";
import { HeadInspection } from "./head_inspection.js";
import { createNavigator } from "./navigator.js";
import { PairHeads } from "./pair_heads.js";
import { PickedHeadScores } from "./picked_head_scores.js";
import { predictionsInWords, predictsQueries, ShownPredictions } from "./shown_predictions.js";

/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("../core/data/wire.js").LayerAttention} LayerAttention */
/** @typedef {import("./compared_run.js").ComparedRun} ComparedRun */
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
  #figures;
  #inspection;
  #pairHeads;
  #headActions;
  #scores;
  #predictions;
  #predictionsButton;
  #layer = 0;
  /** @type {number[]} the active heads that both runs have */
  #compared = [];
  /** What the other run does not have, and how the titles name it. */
  #missing = "";
  #runInTitle = "";
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
        dependsOn: [
          "attentionPart",
          "layer",
          "heads",
          "mean",
          "palette",
          "filter",
          "predictions",
          "comparison",
        ],
        draw: (...args) => this.#draw(...args),
      },
      { dependsOn: ["head"], draw: (content) => this.#drawPickedHead(content) },
      { dependsOn: ["pinned"], draw: (content) => this.#drawPinned(content) },
    ];
    const content = {
      parts,
      scrollTo: (/** @type {TokenPosition} */ token) =>
        this.#figures.goTo(/** @type {TokenPosition} */ token),
      resetZoom: () => this.#figures.resetZoom(),
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
      onZoom: (direction) => this.#figures.zoom(direction),
      onShowAll: () => this.#figures.showAll(),
    });
    this.#predictionsButton = appendButton(this.frame.navigation, "Predictions", () =>
      this.#select(togglePredictions),
    );
    this.#predictionsButton.classList.add("bertviz-predictions-toggle");
    this.#predictionsButton.hidden = true;
    this.#figures = new HeadFigures(this.frame.stage, {
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
    const { trace, attentionPart, selection } = content;
    const { pickers } = this.frame;
    pickers.drawAttentionParts(content);
    pickers.drawPalettes(content, ["category10", "okabe-ito", "distinct"]);
    this.#layer = pickers.drawLayers(content);
    this.#pairHeads.setContent(content, this.#layer);
    const run = comparedRun(content);
    const [layer, otherLayer] = await Promise.all([
      trace.layer(attentionPart.component, this.#layer, signal),
      run && layerOfRun(run, this.#layer, signal),
      selection.predictions ? this.#predictions.load(content) : null,
    ]);
    if (signal.aborted) return "";
    this.#numHeads = layer.num_heads;
    const active = activeHeads(selection, this.#numHeads);
    const isDifference = run?.comparison === "difference";
    this.#compared = active.filter((head) => otherLayer && head < otherLayer.num_heads);
    const shown = isDifference ? this.#compared : active;
    const { palette, mean } = selection;
    this.#colors = this.#heads.draw(active, this.#numHeads, palette, mean || isDifference);
    this.#navigator.draw(content);
    this.frame.legend.show(shown.length, mean, isDifference);
    this.#drawPredictionsButton(content);
    this.#predictions.setContent(content);
    this.#missing = run ? missingInWords(run, this.#layer, otherLayer, active) : "";
    this.#runInTitle = run && otherLayer ? runInTitle(run) : "";
    this.#drawFigures(content, layer, shown, run, otherLayer);
    await this.#figures.whenPainted();
    if (signal.aborted) return "";
    trace.prefetch(attentionPart.component, this.#layer, signal);
    if (otherLayer) trace.other?.prefetch(attentionPart.component, this.#layer, signal);
    this.#inspection.show(content, layer, shown, this.#figures, isDifference);
    this.#headActions.show(this.#layer, active);
    this.#scores.show(content, this.#layer, active);
    this.#predictions.load(content);
    const heads = active.length ? `heads ${active.join(" ")}` : "no heads";
    const parts = [attentionPart.label, `layer ${this.#layer}`, mean ? `mean of ${heads}` : heads];
    this.#description = [...parts, ...(run ? [run.comparison] : [])].join(", ");
    return this.#drawPickedHead(content);
  }

  /**
   * @param {ViewContent} content
   * @param {LayerAttention} layer
   * @param {number[]} shown the heads whose weights or differences are drawn
   * @param {ComparedRun | null} run
   * @param {LayerAttention | null} otherLayer
   */
  #drawFigures(content, layer, shown, run, otherLayer) {
    const { attentionPart, axes, filter, selection } = content;
    const withColors = (/** @type {number[]} */ heads) =>
      heads.map((head) => ({ head, color: this.#colors[head] }));
    const data = {
      queryTokens: axes.query.tokens,
      keyTokens: axes.key.tokens,
      attentionPart,
      layer,
      filter,
      heads: withColors(shown),
      isMean: selection.mean,
      predictionOf: this.#predictions.beside(content),
      ...(run && comparedData(run, otherLayer)),
    };
    const isBoth = run?.comparison === "both" && otherLayer;
    const other = isBoth ? otherFigure(run, otherLayer, withColors(this.#compared)) : null;
    this.#figures.draw(data, content.pinned, other, this.#missing);
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
    this.#figures.pin(content.pinned);
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
    const { mean } = selection;
    const isDifference = shownComparison(selection, content.trace.manifest) === "difference";
    const titleParts = ["Head view", `layer ${this.#layer}`, headsInWords(heads, mean)];
    return {
      titleParts: [...titleParts, this.#runInTitle].filter(Boolean),
      // Lines of one color need no legend, and those of differences have the scale.
      legend:
        mean || isDifference ? [] : heads.map((head) => ({ text: `${head}`, color: colors[head] })),
      getNotes: async () => [
        ...(hasPredictions ? [`Beside each query: ${predictionsInWords(content)}.`] : []),
        ...(this.#missing ? [this.#missing] : []),
      ],
      scaleHeads: isDifference ? this.#compared.length : heads.length,
      isDifference,
      mean,
      staticPicture: async (style) => this.#figures.staticPicture(style),
      cells: [{ layer: this.#layer, heads }],
    };
  }
}
