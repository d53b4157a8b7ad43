// The matrix view: the weights of one head, or the mean of several heads, of one layer as a heat map of
// queries and keys.

import { drawPicker } from "../controls/picker.js";
import { activeHeads, selectHead } from "../core/state/selection.js";
import { NEUTRAL } from "../drawing/color.js";
import { appendElement } from "../drawing/element.js";
import { Matrix } from "../marks/matrix.js";
import { createCellNote } from "../marks/matrix_cell.js";
import { ViewFrame } from "./frame.js";
import { HeadActions } from "./head_actions.js";
import { HeadChoice, headsInWords } from "./head_choice.js";
import { HeadInspection } from "./head_inspection.js";
import { matrixData } from "./matrix_data.js";
import { createNavigator } from "./navigator.js";
import { ShownPredictions } from "./shown_predictions.js";

/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("../core/state/selection.js").Pooling} Pooling */
/** @typedef {import("../core/state/selection.js").Selection} Selection */
/** @typedef {import("./view_content.js").ViewContent} ViewContent */

const HINT =
  "Point at a cell or a token, or go to a token with Tab and the arrow keys. Click it to pin it.";
const NO_HEAD = "No head is on. Click a square to see its head.";

/** @type {Record<Pooling, string>} */
const POOLING_NAMES = { max: "largest weight", mean: "mean weight" };

/**
 * Create an empty matrix view in an element.
 * @param {HTMLElement} host
 * @param {import("./view.js").MountOptions} [options]
 * @returns {import("./view.js").View}
 */
export function mount(host, options = {}) {
  return new MatrixView(host, options).frame.view();
}

class MatrixView {
  #choice;
  #poolingSlot;
  #navigator;
  #matrix;
  #note;
  #inspection;
  #headActions;
  #predictions;
  #layer = 0;
  #numHeads = 0;
  /** @type {number[]} */
  #heads = [];
  #description = "";
  /** The part of the visible cells that are computed, 0 to 1. */
  #done = 1;

  /**
   * @param {HTMLElement} host
   * @param {import("./view.js").MountOptions} options
   */
  constructor(host, options) {
    /** @type {import("./view.js").Part[]} */
    const parts = [
      {
        dependsOn: ["attentionPart", "layer", "heads", "palette", "pooling", "filter"],
        draw: (...args) => this.#draw(...args),
      },
      { dependsOn: ["head"], draw: (content) => this.#drawPickedHead(content) },
      { dependsOn: ["pinned"], draw: (content) => this.#drawPinned(content) },
    ];
    const content = {
      parts,
      scrollTo: (/** @type {TokenPosition} */ token) =>
        this.#matrix.goTo(/** @type {TokenPosition} */ token),
      resetZoom: () => this.#matrix.showAll(),
    };
    this.frame = new ViewFrame(host, "matrix", content, options);
    this.#inspection = new HeadInspection({
      onTable: this.frame.inspector.showHead,
      onHidden: (hidden) => this.frame.showHidden(hidden, "cells"),
    });
    this.#headActions = new HeadActions(this.frame.inspector.scores, this.frame.interventions);
    this.#predictions = new ShownPredictions(this.frame, options, selectHead);
    this.#choice = new HeadChoice(this.frame, { hasMean: false });
    this.#poolingSlot = this.frame.controls.add("slot");
    this.#navigator = createNavigator(this.frame.navigation, ["query", "key"], {
      onFind: (token) => this.frame.goTo(token),
      onZoom: (direction) => this.#matrix.zoom(direction),
      onShowAll: () => this.#matrix.showAll(),
    });
    const cellNote = createCellNote(this.frame.inspector.figure);
    this.#matrix = new Matrix(this.frame.stage, {
      onPin: (token) => this.frame.togglePin(token),
      onSelect: (tokens) => this.frame.pin(tokens),
      onHighlight: (row, tokensPerRow) => this.#showRow(row, tokensPerRow),
      onCell: cellNote.show,
      onLayout: () => this.#drawScale(),
      onProgress: (done) => this.#showProgress(done),
    });
    this.#note = appendElement(this.frame.stage, "p", "bertviz-matrix-note");
    this.frame.offerSteps();
    this.frame.offerToSave(() => this.#savable());
  }

  /** @type {import("./draw_schedule.js").Draw} */
  async #draw(content, signal) {
    const { trace, attentionPart, pinned, selection } = content;
    const { component } = attentionPart;
    const { pickers } = this.frame;
    pickers.drawAttentionParts(content);
    pickers.drawPalettes(content, ["category10", "okabe-ito", "distinct"]);
    this.#layer = pickers.drawLayers(content);
    const layer = await trace.layer(component, this.#layer, signal);
    if (signal.aborted) return "";
    this.#numHeads = layer.num_heads;
    this.#heads = activeHeads(selection, this.#numHeads);
    const isMean = this.#heads.length > 1;
    const colors = this.#choice.draw(this.#heads, this.#numHeads, selection.palette, isMean);
    this.#navigator.draw(content);
    this.frame.legend.show(this.#heads.length, true);
    this.#drawPooling(selection);
    const color = colors[this.#heads[0]] ?? NEUTRAL;
    const data = matrixData(content, layer, this.#heads, color, signal);
    this.#predictions.setContent(content);
    await this.#matrix.draw(data, pinned);
    if (signal.aborted) return "";
    trace.prefetch(component, this.#layer, signal);
    this.#inspection.show(content, layer, this.#heads, this.#matrix);
    this.#headActions.show(this.#layer, this.#heads);
    this.#predictions.load(content);
    this.#description = `${attentionPart.label}, layer ${this.#layer}, ${headsInWords(this.#heads, true)}`;
    return this.#drawPickedHead(content);
  }

  /** @param {Selection} selection */
  #drawPooling({ pooling }) {
    drawPicker(this.#poolingSlot, {
      label: "Cell",
      choices: /** @type {Pooling[]} */ (["max", "mean"]),
      text: (choice) => POOLING_NAMES[choice],
      chosen: pooling,
      onChange: (choice) => this.frame.select((selection) => ({ ...selection, pooling: choice })),
    });
  }

  /**
   * @param {import("../core/state/highlighted_row.js").HighlightedRow | null} row
   * @param {number} tokensPerRow
   */
  #showRow(row, tokensPerRow) {
    const numHeads = this.#heads.length;
    this.frame.inspector.show(row, numHeads, tokensPerRow, numHeads ? HINT : NO_HEAD);
  }

  /** Show what fits the scale: the controls of a long text, and what a cell is. */
  #drawScale() {
    const { isWhole, isLong, canPool } = this.#matrix.state();
    this.#navigator.drawScale({ isLong: isLong || !isWhole, isWhole });
    this.#poolingSlot.hidden = !canPool;
    this.#drawNote();
  }

  /** @param {number} done */
  #showProgress(done) {
    this.#done = done;
    this.#drawNote();
  }

  #drawNote() {
    const percent = Math.floor(100 * this.#done);
    const progress = percent < 100 ? ` ${percent}% of the rows are exact.` : "";
    this.#note.textContent = this.#matrix.poolingNote(null) + progress;
  }

  /** @param {ViewContent} content */
  async #drawPickedHead({ selection }) {
    this.#choice.drawPicked(selection);
    return this.#description;
  }

  /** @param {ViewContent} content */
  async #drawPinned({ pinned }) {
    this.#matrix.pin(pinned);
    return this.#description;
  }

  /** @returns {import("./saving.js").Savable} */
  #savable() {
    return {
      titleParts: ["Matrix view", `layer ${this.#layer}`, headsInWords(this.#heads, true)],
      getNotes: async ({ width }) => [this.#matrix.poolingNote(width)].filter(Boolean),
      scaleHeads: this.#heads.length,
      mean: this.#heads.length > 1,
      staticPicture: (style) => this.#matrix.staticPicture(style),
      cells: [{ layer: this.#layer, heads: this.#heads }],
    };
  }
}
