// The matrix view: the weights of one head, or the mean of several heads, of one layer as a heat map of
// queries and keys.

import { createHeadButtons } from "../controls/head_buttons.js";
import { createHeadSquares } from "../controls/head_squares.js";
import { drawPicker } from "../controls/picker.js";
import {
  activateAll,
  activeHeads,
  deactivateAll,
  leavePickedHead,
  pickedHead,
  soloHead,
  toggleHead,
} from "../core/state/selection.js";
import { numbersInWords } from "../core/text/caption.js";
import { categoryColor, colorsOfHeads, NEUTRAL } from "../drawing/color.js";
import { appendElement } from "../drawing/element.js";
import { Matrix } from "../marks/matrix.js";
import { createCellNote } from "../marks/matrix_cell.js";
import { ViewFrame } from "./frame.js";
import { HeadInspection } from "./head_inspection.js";
import { matrixData } from "./matrix_data.js";
import { createNavigator } from "./navigator.js";

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
  #squares;
  #buttons;
  #poolingSlot;
  #navigator;
  #matrix;
  #note;
  #inspection;
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
    const { squares, buttons } = this.#createHeads();
    this.#squares = squares;
    this.#buttons = buttons;
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
    this.frame.offerToSave(() => this.#savable());
  }

  #createHeads() {
    const heads = this.frame.controls.add("heads");
    return {
      squares: createHeadSquares(appendElement(heads, "div", "bertviz-squares"), {
        onToggle: (head) =>
          this.#select((selection) => toggleHead(selection, head, this.#numHeads)),
        onSolo: (head) => this.#select((selection) => soloHead(selection, head, this.#numHeads)),
      }),
      buttons: createHeadButtons(appendElement(heads, "div", "bertviz-head-buttons"), {
        onAll: () => this.#select(activateAll),
        onNone: () => this.#select(deactivateAll),
        onOne: () => this.#select((selection) => leavePickedHead(selection, this.#numHeads)),
      }),
    };
  }

  /** @type {ViewFrame["select"]} */
  #select(change) {
    this.frame.select(change);
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
    const colors = this.#colorsOf(selection);
    this.#squares.draw(colors, this.#heads);
    this.#navigator.draw(content);
    this.frame.legend.show(this.#heads.length, true);
    this.#drawPooling(selection);
    const color = colors[this.#heads[0]] ?? NEUTRAL;
    const data = matrixData(content, layer, this.#heads, color, signal);
    await this.#matrix.draw(data, pinned);
    if (signal.aborted) return "";
    trace.prefetch(component, this.#layer, signal);
    this.#inspection.show(content, layer, this.#heads, this.#matrix);
    this.#description = `${attentionPart.label}, layer ${this.#layer}, ${headsInWords(this.#heads)}`;
    return this.#drawPickedHead(content);
  }

  /**
   * Return the color of each head's square. The mean of several heads has a neutral color.
   * @param {Selection} selection
   * @returns {string[]}
   */
  #colorsOf({ palette }) {
    const isMean = this.#heads.length > 1;
    const colors = colorsOfHeads(this.#heads, palette);
    return Array.from({ length: this.#numHeads }, (_, head) => {
      if (isMean) return NEUTRAL;
      return colors.get(head) ?? (palette === "distinct" ? NEUTRAL : categoryColor(head, palette));
    });
  }

  /** @param {Selection} selection */
  #drawPooling({ pooling }) {
    drawPicker(this.#poolingSlot, {
      label: "Cell",
      choices: /** @type {Pooling[]} */ (["max", "mean"]),
      text: (choice) => POOLING_NAMES[choice],
      chosen: pooling,
      onChange: (choice) => this.#select((selection) => ({ ...selection, pooling: choice })),
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
    this.#buttons.draw({ picked: pickedHead(selection, this.#numHeads) });
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
      titleParts: ["Matrix view", `layer ${this.#layer}`, headsInWords(this.#heads)],
      getNotes: async ({ width }) => [this.#matrix.poolingNote(width)].filter(Boolean),
      scaleHeads: this.#heads.length,
      mean: this.#heads.length > 1,
      staticPicture: (style) => this.#matrix.staticPicture(style),
      cells: [{ layer: this.#layer, heads: this.#heads }],
    };
  }
}

/**
 * Return what the matrix shows, such as "mean of heads 0 to 3".
 * @param {number[]} heads
 * @returns {string}
 */
function headsInWords(heads) {
  if (heads.length === 0) return "no heads";
  const words = numbersInWords("head", heads);
  return heads.length > 1 ? `mean of ${words}` : words;
}
