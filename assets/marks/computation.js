// The expanded neuron view: the query and key vectors of one head and, for the highlighted token, how
// they result in its attention: q × k, q · k, the terms of the score, softmax.

import { createMinimap } from "../controls/minimap.js";
import { describeFormula } from "../core/formula/formula_description.js";
import { maskReason } from "../core/formula/mask.js";
import { checkHead, checkNote } from "../core/formula/weight_check.js";
import { HEADER_HEIGHT, ROW_HEIGHT } from "../core/geometry/computation_layout.js";
import { Highlight } from "../core/state/highlight.js";
import { BLUE } from "../drawing/color.js";
import { appendElement, appendGroup } from "../drawing/element.js";
import { Figure } from "../drawing/figure.js";
import { createCellPointer } from "./cell_pointer.js";
import { drawQuery, drawVectors } from "./computation_canvas.js";
import { columnOptions, FONT_SIZE, figureRows, wholeContent } from "./computation_content.js";
import { createHeadings } from "./computation_headings.js";
import { createComputationNotes } from "./computation_notes.js";
import { createComputationSteps } from "./computation_steps.js";
import { highlightedRow } from "./highlighted_row.js";
import { drawRotationBrackets } from "./rotation_brackets.js";
import { createScoreTable } from "./score_table.js";
import { createTokenColumn } from "./token_column.js";

/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("../core/state/highlighted_row.js").HighlightedRow} HighlightedRow */
/** @typedef {import("./computation_content.js").ComputationContent} ComputationContent */
/** @typedef {import("./computation_content.js").ComputationData} ComputationData */

/**
 * The vectors of one head, and how they result in the attention of the highlighted query. If they do not
 * fit side by side, the reader sees them in steps.
 */
export class Computation {
  #host;
  #onHighlight;
  #highlight;
  #notes;
  #steps;
  #figure;
  #minimap;
  #vectors;
  #query;
  #headings;
  #brackets;
  #cellPointer;
  #keyGroup;
  #columns;
  #table;
  /** @type {ComputationContent | null} */
  #content = null;

  /**
   * Create an empty figure; `draw` draws it.
   * @param {HTMLElement} host
   * @param {Pick<import("./bipartite_options.js").BipartiteOptions, "onPin" | "onSelect" |
   *   "onHighlight">} options
   */
  constructor(host, { onPin, onSelect, onHighlight }) {
    this.#host = host;
    this.#onHighlight = onHighlight;
    this.element = appendElement(host, "div", "bertviz-computation");
    this.#highlight = new Highlight({
      axes: ["query"],
      onPin,
      onSelect,
      onHighlight: (token, isPinned) => this.#showHighlight(token, isPinned),
    });
    this.#notes = createComputationNotes(this.element);
    this.#steps = createComputationSteps(this.element, () => this.#redraw());
    const frame = appendElement(this.element, "div", "bertviz-scroller");
    this.#figure = new Figure(frame, {
      label: "How queries and keys result in attention",
      fontSize: FONT_SIZE,
      headerHeight: HEADER_HEIGHT,
      onBackgroundPress: () => this.#highlight.release(),
      onViewportChange: (viewport) => this.#setViewport(viewport),
    });
    // Vectors have one size: resizing the minimap's frame scrolls instead of zooming.
    this.#minimap = createMinimap(frame, {
      onMove: (middle) => this.#figure.center(middle),
      onResize: ([top, bottom]) => this.#figure.center((top + bottom) / 2),
    });
    const { header, root } = this.#figure;
    this.#vectors = this.#figure.addCanvas();
    this.#query = this.#figure.addCanvas();
    this.#headings = createHeadings(header);
    this.#brackets = appendGroup(header, "bertviz-brackets");
    this.#cellPointer = createCellPointer(this.#figure, this.#notes.setCell);
    this.queryGroup = appendGroup(root, "bertviz-queries");
    this.#keyGroup = appendGroup(root, "bertviz-keys");
    this.#columns = {
      query: createTokenColumn(this.queryGroup, "Queries", this.#queryActions()),
      key: createTokenColumn(this.#keyGroup, "Keys"),
    };
    this.#table = createScoreTable(root);
  }

  /**
   * @param {ComputationData} data
   * @param {TokenPosition | null} pinned
   */
  draw(data, pinned) {
    this.#notes.setFormula(describeFormula(data.layer));
    this.#show(this.#layOut(data));
    this.#highlight.draw(data.attentionPart, pinned);
  }

  /** @param {TokenPosition | null} token */
  pin(token) {
    this.#highlight.pin(token);
  }

  /** Return whether the figure is taller than its visible part. */
  scrolls() {
    return this.#figure.scrolls();
  }

  /** Return whether the figure shows one step of the computation. */
  showsStep() {
    return this.#content?.layout.isStep ?? false;
  }

  /**
   * Return a static picture of the whole computation, whose columns have one width.
   * @param {import("../drawing/picture_theme.js").PictureStyle} style
   */
  staticPicture({ theme }) {
    const content = this.#content;
    if (!content?.layout.isStep) return this.#figure.staticPicture(theme);
    this.#show(wholeContent(content));
    this.#highlight.redraw();
    const picture = this.#figure.staticPicture(theme);
    this.#show(content);
    this.#highlight.redraw();
    return picture;
  }

  /**
   * Scroll a query to the middle.
   * @param {TokenPosition} query
   */
  goTo({ position }) {
    if (this.#content) this.#figure.center(this.yQuery(position));
  }

  /**
   * Return the middle of a query's row, in pixels.
   * @param {number} position
   */
  yQuery(position) {
    return this.#content?.layout.queries.yOfToken(position) ?? 0;
  }

  /** @param {ComputationData} data */
  #layOut(data) {
    return this.#steps.layOut(data, this.#figure.element, this.#host.clientWidth);
  }

  /** Draw the step that the reader has picked. */
  #redraw() {
    if (!this.#content) return;
    this.#show(this.#layOut(this.#content.data));
    this.#highlight.redraw();
  }

  /**
   * Draw what does not depend on the highlighted query.
   * @param {ComputationContent} content
   */
  #show(content) {
    const { data, layout } = content;
    this.#content = content;
    const { query, key } = columnOptions(content);
    this.#columns.query.set(query);
    this.#keyGroup.attr("display", key ? null : "none");
    if (key) this.#columns.key.set(key);
    this.#headings.draw(data, layout);
    drawRotationBrackets(this.#brackets, data.layer, layout);
    this.#figure.resize(layout);
    this.#vectors.paint((surface) => drawVectors(surface, data, layout));
    this.#cellPointer.draw(content);
  }

  #queryActions() {
    return {
      ...this.#highlight.actions("query"),
      onFocusMove: (/** @type {number} */ position) => {
        if (this.#content) this.#figure.reveal(this.yQuery(position), ROW_HEIGHT);
      },
    };
  }

  /** @param {import("../drawing/viewport.js").Range} viewport */
  #setViewport(viewport) {
    this.#columns.query.setViewport(viewport);
    this.#columns.key.setViewport(viewport);
    if (!this.#content) return;
    const [top, bottom] = viewport;
    const height = this.#figure.scrolls() ? bottom - top : 0;
    this.#minimap.draw(height, this.#content.layout.height, viewport);
  }

  /**
   * @param {TokenPosition | null} token
   * @param {boolean} isPinned
   */
  #showHighlight(token, isPinned) {
    if (!this.#content) return;
    const { data } = this.#content;
    // The figure shows the computation of one query: of several pinned ones, the first.
    const first = token && { axis: token.axis, position: token.position };
    const { layer, head } = data;
    const query = token?.position ?? null;
    this.#notes.setCheck(checkNote(checkHead(layer, head), layer.num_queries, query));
    this.#headings.showPlaceholder(query === null);
    this.#columns.query.mark({ highlighted: query === null ? [] : [query], isPinned });
    this.#columns.key.mark({
      highlighted: [],
      isPinned,
      isMasked: (key) => query !== null && maskReason(layer, head, query, key) !== null,
    });
    this.#showQuery(this.#content, query);
    this.#cellPointer.setQuery(query);
    const row = first && highlightedRow(figureRows(this.#content), first, isPinned);
    this.#minimap.mark(row && barsOf(this.#content, row));
    this.#onHighlight(row, 1, 1);
  }

  /**
   * Draw the computation of one query's attention, or clear it.
   * @param {ComputationContent} content
   * @param {number | null} query
   */
  #showQuery({ data, layout }, query) {
    if (query === null) {
      this.#table.clear();
      this.#query.paint(null);
      return;
    }
    this.#query.paint((surface) => {
      drawQuery(surface, data, layout, query);
      this.#table.show(surface.viewport, data, layout, query);
    });
  }
}

/**
 * Return the bars of the minimap for a highlighted query.
 * @param {ComputationContent} content
 * @param {HighlightedRow} row
 */
function barsOf({ layout }, { token, weights }) {
  const y = layout.queries.yOfToken(token.position);
  return { y, weights, yOf: layout.keys.yOfRow, color: BLUE };
}
