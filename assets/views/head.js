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
import { figureData, otherFigure } from "./compared_data.js";
import { ViewFrame } from "./frame.js";
import { HeadActions } from "./head_actions.js";
import { HeadChoice, headsInWords } from "./head_choice.js";
import { HeadFigures } from "./head_figures.js";
import { HeadInspection } from "./head_inspection.js";
import { createNavigator } from "./navigator.js";
import { PairHeads } from "./pair_heads.js";
import { PickedHeadScores } from "./picked_head_scores.js";
import { loadShownLayer, prefetchNeighbors } from "./shown_layer.js";
import { predictionsInWords, predictsQueries, ShownPredictions } from "./shown_predictions.js";

/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("./shown_layer.js").ShownLayer} ShownLayer */
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
  /** Makes all rows of a filter known to the figure of the other run. */
  #otherRows;
  #pairHeads;
  #headActions;
  #scores;
  #predictions;
  #predictionsButton;
  #layer = 0;
  /** @type {ShownLayer | null} */
  #shown = null;
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
    // The inspector is about this run.
    this.#otherRows = new HeadInspection({ onTable: () => {}, onHidden: () => {} });
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
    const { attentionPart, selection } = content;
    const { pickers } = this.frame;
    pickers.drawAttentionParts(content);
    pickers.drawPalettes(content, ["category10", "okabe-ito", "distinct"]);
    this.#layer = pickers.drawLayers(content);
    this.#pairHeads.setContent(content, this.#layer);
    const [shown] = await Promise.all([
      loadShownLayer(content, this.#layer, signal),
      selection.predictions ? this.#predictions.load(content) : null,
    ]);
    if (signal.aborted) return "";
    const { layer, active, drawn, isDifference } = shown;
    this.#shown = shown;
    this.#numHeads = layer.num_heads;
    const { palette, mean } = selection;
    this.#colors = this.#heads.draw(active, this.#numHeads, palette, mean || isDifference);
    this.#navigator.draw(content);
    this.frame.legend.show(drawn.length, mean, isDifference);
    this.#drawPredictionsButton(content);
    this.#predictions.setContent(content);
    const predictionOf = this.#predictions.beside(content);
    const data = { ...figureData(content, shown, this.#colors), predictionOf };
    this.#figures.draw(data, content.pinned, otherFigure(shown, this.#colors), shown.missing);
    await this.#figures.whenPainted();
    if (signal.aborted) return "";
    prefetchNeighbors(content, shown, signal);
    this.#inspect(content, shown);
    this.#headActions.show(this.#layer, active);
    this.#scores.show(content, this.#layer, active);
    this.#predictions.load(content);
    const heads = active.length ? `heads ${active.join(" ")}` : "no heads";
    const parts = [attentionPart.label, `layer ${this.#layer}`, mean ? `mean of ${heads}` : heads];
    const { compared } = shown;
    this.#description = [...parts, ...(compared ? [compared.run.comparison] : [])].join(", ");
    return this.#drawPickedHead(content);
  }

  /**
   * @param {ViewContent} content
   * @param {ShownLayer} shown
   */
  #inspect(content, { layer, drawn, isDifference, compared }) {
    this.#inspection.show(content, layer, drawn, this.#figures, isDifference);
    const { other } = this.#figures;
    if (!other || !compared?.layer) this.#otherRows.stop();
    else this.#otherRows.show(compared.run.content, compared.layer, compared.heads, other);
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
    const { isDifference = false, missing = "", inTitle = "", drawn = heads } = this.#shown ?? {};
    const titleParts = ["Head view", `layer ${this.#layer}`, headsInWords(heads, mean)];
    return {
      titleParts: [...titleParts, inTitle].filter(Boolean),
      // Lines of one color need no legend, and those of differences have the scale.
      legend:
        mean || isDifference ? [] : heads.map((head) => ({ text: `${head}`, color: colors[head] })),
      getNotes: async () => [
        ...(hasPredictions ? [`Beside each query: ${predictionsInWords(content)}.`] : []),
        ...(missing ? [missing] : []),
      ],
      scaleHeads: drawn.length,
      isDifference,
      mean,
      staticPicture: async (style) => this.#figures.staticPicture(style),
      cells: [{ layer: this.#layer, heads }],
    };
  }
}
