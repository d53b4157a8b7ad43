// The model view: all layers and heads as thumbnails, and one head larger in a panel beside the grid.

import { createHeadHelp } from "../controls/head_help.js";
import { createPanel } from "../controls/panel.js";
import { createRangeField } from "../controls/range_field.js";
import { gridNumbers } from "../core/geometry/grid_layout.js";
import { openCell, openHead, toggleCell } from "../core/state/selection.js";
import { numbersInWords } from "../core/text/caption.js";
import { categoryColor } from "../drawing/color.js";
import { sideBySide } from "../drawing/static_picture.js";
import { Bipartite } from "../marks/bipartite.js";
import { titleOf } from "../marks/grid_cells.js";
import { ThumbnailGrid } from "../marks/thumbnail_grid.js";
import { ViewFrame } from "./frame.js";
import { HeadActions } from "./head_actions.js";
import { HeadInspection } from "./head_inspection.js";
import { HeadProbe } from "./head_probe.js";
import { hiddenOfGrid } from "./hidden_of_grid.js";
import { ModelScores } from "./model_scores.js";
import { PairHeads } from "./pair_heads.js";
import { ShownPredictions } from "./shown_predictions.js";

/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("../core/state/selection.js").Cell} Cell */
/** @typedef {import("../core/state/selection.js").ViewName} ViewName */
/** @typedef {import("./view_content.js").ViewContent} ViewContent */

const HINT = "Click a head to enlarge it.";

/**
 * Create an empty model view in an element.
 * @param {HTMLElement} host
 * @param {import("./view.js").MountOptions} [options]
 * @returns {import("./view.js").View}
 */
export function mount(host, options = {}) {
  return new ModelView(host, options).frame.view();
}

class ModelView {
  #layersField;
  #headsField;
  #grid;
  #panel;
  #inspection;
  #predictions;
  #scores;
  #probe;
  #pairHeads;
  #headActions;
  #bipartite;
  /** @type {Cell | null} */
  #openCell = null;
  #progress = "";

  /**
   * @param {HTMLElement} host
   * @param {import("./view.js").MountOptions} options
   */
  constructor(host, options) {
    /** @type {import("./view.js").Part[]} */
    const parts = [
      {
        dependsOn: ["attentionPart", "palette", "gridLayers", "gridHeads", "filter"],
        draw: (...args) => this.#draw(...args),
      },
      { dependsOn: ["cell"], draw: (...args) => this.#drawPanel(...args) },
      { dependsOn: ["pinned"], draw: (content) => this.#drawPinned(content) },
      { dependsOn: ["score", "bars"], draw: async (content) => this.#drawScore(content) },
    ];
    const content = {
      parts,
      scrollTo: (/** @type {TokenPosition} */ token) =>
        this.#bipartite.goTo(/** @type {TokenPosition} */ token),
      resetZoom: () => this.#bipartite.resetZoom(),
    };
    this.frame = new ViewFrame(host, "model", content, options);
    this.#inspection = new HeadInspection({
      onTable: this.frame.inspector.showHead,
      onHidden: this.frame.showHidden,
    });
    this.#predictions = new ShownPredictions(this.frame, options, openCell);
    this.#layersField = this.#createField("Layers", "layer", "gridLayers");
    this.#headsField = this.#createField("Heads", "head", "gridHeads");
    createHeadHelp(this.frame.controls.add("help"));
    this.#grid = new ThumbnailGrid(this.frame.stage, {
      onPick: (cell) => this.frame.select((selection) => toggleCell(selection, cell)),
      onProgress: (drawn, all) => this.#showProgress(drawn, all),
    });
    this.#scores = new ModelScores(this.frame, this.#grid);
    const onPick = (/** @type {Cell} */ cell) =>
      this.frame.select((selection) => openCell(selection, cell));
    this.#probe = new HeadProbe(this.frame.inspector.scores, options.probe, onPick);
    this.#pairHeads = new PairHeads(this.frame.inspector, onPick, this.frame.interventions);
    this.#panel = createPanel(this.frame.inspector.figure, {
      onClose: () => this.#closePanel(),
      links: this.frame.opensViews
        ? [
            { text: "Head view →", onClick: () => this.#openView("head") },
            { text: "Neuron view →", onClick: () => this.#openView("neuron") },
            { text: "Matrix view →", onClick: () => this.#openView("matrix") },
          ]
        : [],
    });
    this.#headActions = new HeadActions(this.frame.inspector.figure, this.frame.interventions);
    this.#bipartite = new Bipartite(this.#panel.body, {
      onPin: (token) => this.frame.togglePin(token),
      onSelect: (tokens) => this.frame.pin(tokens),
      onHighlight: this.frame.inspector.show,
      highlightKeys: false,
      rowHeight: 18,
      lineWidth: 2.2,
      fontSize: 13,
      maxHeight: 460,
    });
    this.frame.offerToSave(() => this.#savable());
  }

  /**
   * @param {string} label
   * @param {"layer" | "head"} noun what a number stands for
   * @param {"gridLayers" | "gridHeads"} choice
   */
  #createField(label, noun, choice) {
    return createRangeField(this.frame.controls.add("range"), {
      label,
      noun,
      onChange: (numbers) =>
        this.frame.select((selection) => ({ ...selection, [choice]: numbers })),
    });
  }

  /** @type {import("./draw_schedule.js").Draw} */
  async #draw(content, signal) {
    this.frame.pickers.drawAttentionParts(content);
    // The colors distinguish layers: a choice that concerns heads is left out.
    this.frame.pickers.drawPalettes(content, ["category10", "okabe-ito"]);
    this.frame.legend.show(1);
    const { layers, heads } = gridNumbers(
      content.trace.component(content.attentionPart.component).layers,
    );
    this.#layersField.draw(content.selection.gridLayers, layers);
    this.#headsField.draw(content.selection.gridHeads, heads);
    this.#scores.setContent(content);
    this.#probe.setTrace(content.trace);
    // The panel does not wait for the grid.
    const filled = this.#grid.draw(content);
    const [description] = await Promise.all([this.#drawPanel(content, signal), filled]);
    // After the pictures, because the server computes both.
    if (!signal.aborted) this.#scores.load();
    return description;
  }

  /** @type {import("./draw_schedule.js").Draw} */
  async #drawPanel(content, signal) {
    const { trace, attentionPart, axes, selection } = content;
    const cell = selection.cell && this.#grid.has(selection.cell) ? selection.cell : null;
    this.#openCell = cell;
    this.#grid.mark(cell);
    this.#scores.open(cell);
    this.#pairHeads.setContent(content, cell?.layer ?? null);
    this.#headActions.show(cell?.layer ?? 0, cell ? [cell.head] : []);
    if (!cell) {
      this.#panel.close();
      this.#inspection.stop();
      this.#showHint();
      this.#countHidden(content, signal);
      return attentionPart.label;
    }
    const layer = await trace.layer(attentionPart.component, cell.layer, signal);
    if (signal.aborted) return "";
    this.#panel.open(titleOf(cell));
    const data = {
      queryTokens: axes.query.tokens,
      keyTokens: axes.key.tokens,
      attentionPart,
      layer,
      filter: content.filter,
      heads: [{ head: cell.head, color: categoryColor(cell.layer, selection.palette) }],
    };
    this.#predictions.setContent(content);
    this.#bipartite.draw(data, content.pinned);
    await this.#bipartite.whenPainted();
    if (signal.aborted) return "";
    this.#inspection.show(content, layer, [cell.head], this.#bipartite);
    this.#predictions.load(content);
    return `${attentionPart.label}, ${titleOf(cell)}`;
  }

  /**
   * Show how much the filter hides of all heads.
   * @param {ViewContent} content
   * @param {AbortSignal} signal
   */
  async #countHidden(content, signal) {
    try {
      const hidden = await hiddenOfGrid(content, this.#grid.cells(), signal);
      if (!signal.aborted) this.frame.showHidden(hidden, "lines of the grid");
    } catch {
      // The draw of the grid shows an error of the same files.
    }
  }

  /** @param {ViewContent} content */
  async #drawPinned(content) {
    this.#pairHeads.setContent(content, this.#openCell?.layer ?? null);
    if (this.#openCell) this.#bipartite.pin(content.pinned);
    return this.#describe(content.attentionPart);
  }

  /** @param {ViewContent} content */
  #drawScore({ attentionPart, selection }) {
    this.#scores.choose(selection);
    return this.#describe(attentionPart);
  }

  /**
   * @param {ViewContent["attentionPart"]} attentionPart
   * @returns {string} what the view shows
   */
  #describe({ label }) {
    return this.#openCell ? `${label}, ${titleOf(this.#openCell)}` : label;
  }

  /**
   * @param {number} drawn number of layers
   * @param {number} all number of layers
   */
  #showProgress(drawn, all) {
    this.#progress = drawn < all ? `${drawn} of ${all} layers are drawn. ` : "";
    if (!this.#openCell) this.#showHint();
  }

  #showHint() {
    const hint = `${this.#progress}${poolingNote(...this.#grid.tokensPerLine())}${HINT}`;
    this.frame.inspector.show(null, 1, 1, hint);
  }

  #closePanel() {
    if (this.#openCell) this.#grid.focus(this.#openCell);
    this.frame.select((selection) => ({ ...selection, cell: null }));
  }

  /** @param {ViewName} view */
  #openView(view) {
    const cell = this.#openCell;
    if (cell) this.frame.open(view, (selection) => openHead(selection, cell, "model"));
  }

  /** @returns {import("./saving.js").Savable} */
  #savable() {
    const cells = this.#openCell ? [this.#openCell] : this.#grid.cells();
    const layers = [...new Set(cells.map(({ layer }) => layer))];
    const heads = [...new Set(cells.map(({ head }) => head))];
    return {
      titleParts: ["Model view", numbersInWords("layer", layers), numbersInWords("head", heads)],
      scaleHeads: 1,
      scoreScale: this.#scores.scale(),
      staticPicture: (style) => this.#staticPicture(style),
      cells: layers.map((layer) => {
        const inLayer = cells.filter((cell) => cell.layer === layer);
        return { layer, heads: inLayer.map(({ head }) => head) };
      }),
    };
  }

  /** @param {import("../drawing/picture_theme.js").PictureStyle} style */
  async #staticPicture(style) {
    if (!this.#openCell) return this.#grid.staticPicture(style);
    const half = { ...style, width: style.width && style.width / 2 };
    const grid = await this.#grid.staticPicture(half);
    const head = this.#bipartite.staticPicture(half);
    return sideBySide(grid, this.#panel.staticPicture(head, style.theme));
  }
}

/**
 * Return what a line stands for if it stands for several weights.
 * @param {number} queries
 * @param {number} keys
 * @returns {string}
 */
function poolingNote(queries, keys) {
  if (queries * keys === 1) return "";
  return `Zoomed out: each line is the largest weight in a ${queries} × ${keys} block. `;
}
