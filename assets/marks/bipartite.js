// Two token columns with attention as lines between them: the lines on canvases, tokens and highlights
// in an SVG above them. It is the figure of the head view, of the model view's panel, and of the
// collapsed neuron view.

import { Zooming } from "../controls/zooming.js";
import { oppositeOf, positionsOfToken } from "../core/data/token_position.js";
import { VERTICAL_MARGIN } from "../core/geometry/bipartite_layout.js";
import { rowAt } from "../core/geometry/rows.js";
import { longerSideLength } from "../core/state/attention_part.js";
import { Highlight } from "../core/state/highlight.js";
import { magnitudes } from "../core/state/highlighted_row.js";
import { BLUE, NEUTRAL } from "../drawing/color.js";
import { appendElement, appendGroup } from "../drawing/element.js";
import { Figure } from "../drawing/figure.js";
import {
  bipartiteContent,
  columnOptions,
  figureRows,
  predictionColumn,
} from "./bipartite_content.js";
import { createBipartiteLines } from "./bipartite_lines.js";
import { DEFAULTS } from "./bipartite_options.js";
import { highlightedRow } from "./highlighted_row.js";
import { createPredictionColumn } from "./prediction_column.js";
import { createTokenColumn } from "./token_column.js";

/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("../core/state/highlighted_row.js").HighlightedRow} HighlightedRow */
/** @typedef {import("./bipartite_content.js").BipartiteContent} BipartiteContent */
/** @typedef {import("./bipartite_content.js").BipartiteData} BipartiteData */
/** @typedef {import("../drawing/picture_theme.js").PictureStyle} PictureStyle */

const LABEL = "Attention from queries to keys";

/** Two token columns with attention as lines between them. */
export class Bipartite {
  #options;
  /** @type {TokenPosition["axis"][]} the axes whose tokens can be highlighted */
  #axes;
  #highlight;
  #figure;
  #zooming;
  #lines;
  #columns;
  #predictions;
  /** @type {BipartiteContent | null} */
  #content = null;
  /** @type {number | null} the width of a static picture while it is drawn, in pixels */
  #pictureWidth = null;

  /**
   * Create an empty figure; `draw` draws it.
   * @param {HTMLElement} host an empty element; the figure takes its width
   * @param {import("./bipartite_options.js").BipartiteOptions} options
   */
  constructor(host, options) {
    this.#options = { ...DEFAULTS, ...options };
    const { fontSize, highlightKeys } = this.#options;
    this.element = appendElement(host, "div", "bertviz-scroller");
    this.#axes = highlightKeys ? ["query", "key"] : ["query"];
    this.#highlight = new Highlight({
      axes: this.#axes,
      onPin: (token) => this.#pinOrZoomIn(token),
      onSelect: (tokens) => this.#select(tokens),
      onPoint: (token) => this.#options.onPoint?.(token),
      onRelease: () => this.#options.onRelease?.(),
      onHighlight: (token, isPinned) => this.#showHighlight(token, isPinned),
    });
    this.#figure = new Figure(this.element, {
      label: LABEL,
      fontSize,
      onBackgroundPress: () => this.#highlight.release(),
      onViewportChange: (viewport) => this.#setViewport(viewport),
    });
    this.#zooming = new Zooming(this.element, this.#figure, ({ tokenHeight, top }) => {
      if (!this.#content) return;
      this.#layOut(this.#content.data, tokenHeight, top);
      this.#highlight.redraw();
    });
    const { root } = this.#figure;
    this.#lines = createBipartiteLines(this.#figure, this.#options.lineWidth);
    this.queryGroup = appendGroup(root, "bertviz-queries");
    this.#predictions = createPredictionColumn(root);
    const keyGroup = appendGroup(root, "bertviz-keys");
    const keyActions = highlightKeys ? this.#actionsOf("key") : undefined;
    this.#columns = {
      query: createTokenColumn(this.queryGroup, "Queries", this.#actionsOf("query")),
      key: createTokenColumn(keyGroup, "Keys", keyActions),
    };
  }

  /**
   * @param {BipartiteData} data
   * @param {TokenPosition | null} pinned
   */
  draw(data, pinned) {
    const { rowHeight, maxHeight } = this.#options;
    const numTokens = longerSideLength(data.attentionPart);
    const { tokenHeight, top } = this.#zooming.fit({
      numTokens,
      viewHeight: Math.min(numTokens * rowHeight, maxHeight - 2 * VERTICAL_MARGIN),
      defaultTokenHeight: rowHeight,
    });
    this.#figure.setLabel(data.label ?? LABEL);
    this.#layOut(data, tokenHeight, top);
    this.#highlight.draw(data.attentionPart, pinned);
  }

  /** @param {TokenPosition | null} token */
  pin(token) {
    this.#highlight.pin(token);
  }

  /**
   * Highlight a token as if the reader pointed at it, unless another one is pinned.
   * @param {TokenPosition | null} token null for none
   */
  hover(token) {
    this.#highlight.hover(token);
  }

  /** Unpin the highlighted token, or end the highlight. */
  release() {
    this.#highlight.release();
  }

  /**
   * Scroll a token to the middle, and zoom in if its row is too small to read.
   * @param {TokenPosition} token
   */
  goTo({ axis, position }) {
    if (!this.#content) return;
    this.#zooming.goTo(position - this.#content.sides[axis].column.rows.edges[0]);
  }

  /** @param {1 | -1} direction 1 to zoom in, -1 to zoom out */
  zoom(direction) {
    this.#zooming.step(direction);
  }

  showAll() {
    this.#zooming.showAll();
  }

  resetZoom() {
    this.#zooming.reset();
  }

  /** Return the lines of each drawn head, or of the mean. */
  headLines() {
    return this.#content?.heads.map(({ lines }) => lines) ?? [];
  }

  /** Draw the highlight again: all rows of the filter are known now. */
  redrawHighlight() {
    for (const lines of this.headLines()) lines.forgetKeys();
    this.#highlight.redraw();
  }

  /** Resolve when all lines are painted. */
  whenPainted() {
    return this.#figure.whenPainted();
  }

  /**
   * Return a static picture: as on the page, or laid out for another width.
   * @param {PictureStyle} style
   * @returns {import("../drawing/static_picture.js").StaticPicture}
   */
  staticPicture({ theme, width }) {
    if (width === null || !this.#content) return this.#figure.staticPicture(theme);
    const { data, tokenHeight } = this.#content;
    const [top] = this.#figure.viewport();
    const layOut = () => {
      this.#layOut(data, tokenHeight, top);
      this.#highlight.redraw();
    };
    this.#pictureWidth = width;
    layOut();
    const picture = this.#figure.staticPicture(theme);
    this.#pictureWidth = null;
    layOut();
    return picture;
  }

  /**
   * Return the middle of a query's row, in pixels.
   * @param {number} position
   */
  yQuery(position) {
    return this.#content?.layout.queries.yOfToken(position) ?? 0;
  }

  /** @param {TokenPosition["axis"]} axis */
  #actionsOf(axis) {
    return {
      ...this.#highlight.actions(axis),
      onFocusMove: (/** @type {number} */ position) => this.#reveal({ axis, position }),
    };
  }

  /**
   * Pin a token; a token in a row of several tokens is zoomed in to instead.
   * @param {TokenPosition | null} token
   */
  #pinOrZoomIn(token) {
    const isPooled = this.#content && this.#content.layout.queries.rows.size > 1;
    if (!token || !isPooled) this.#options.onPin(token);
    else if (this.#options.onZoomIn) this.#options.onZoomIn(token);
    else this.goTo(token);
  }

  /** @param {TokenPosition | null} tokens to pin, unless a row has several tokens */
  #select(tokens) {
    if (this.#content && this.#content.layout.queries.rows.size === 1) {
      this.#options.onSelect(tokens);
    }
  }

  /**
   * @param {BipartiteData} data
   * @param {number} tokenHeight pixels
   * @param {number} top of the visible part, in pixels
   */
  #layOut(data, tokenHeight, top) {
    const { fontSize, highlightKeys, buttonWidth, rowHeight, maxHeight, onScale } = this.#options;
    const space = {
      host: this.#figure.element,
      fontSize,
      availableWidth: this.#pictureWidth ?? this.element.clientWidth - this.#zooming.minimapWidth(),
      tokenHeight,
      hasQueryNumbers: highlightKeys,
      buttonWidth,
    };
    this.#content = bipartiteContent(data, space, this.#content);
    const columns = columnOptions(this.#content);
    this.#columns.query.set(columns.query);
    this.#columns.key.set(columns.key);
    this.#predictions.set(predictionColumn(this.#content));
    const defaultHeight = longerSideLength(data.attentionPart) * rowHeight + 2 * VERTICAL_MARGIN;
    this.#figure.resize(this.#content.layout, {
      visibleHeight: Math.min(defaultHeight, maxHeight),
      top,
    });
    this.#lines.draw(this.#content);
    onScale?.(this.#zooming.state());
  }

  /** @param {import("../drawing/viewport.js").Range} viewport */
  #setViewport(viewport) {
    this.#columns.query.setViewport(viewport);
    this.#columns.key.setViewport(viewport);
    this.#predictions.setViewport(viewport);
    this.#lines.setViewport(viewport);
    this.#zooming.setViewport(viewport);
  }

  /**
   * @param {TokenPosition | null} token
   * @param {boolean} isPinned
   */
  #showHighlight(token, isPinned) {
    if (!this.#content) return;
    for (const axis of /** @type {const} */ (["query", "key"])) {
      const highlighted = token?.axis === axis ? positionsOfToken(token) : [];
      this.#columns[axis].mark({ highlighted, isPinned });
    }
    const { data, layout } = this.#content;
    const { heads } = data;
    const row =
      token && heads.length > 0 ? this.#highlightRow(this.#content, token, isPinned) : null;
    if (!row) {
      this.#lines.showAll();
      this.#zooming.mark(null);
    }
    this.#options.onHighlight(row, heads.length, layout.queries.rows.size);
  }

  /**
   * Show only the lines of a token's row, or of several, and the weight of each row on the other side.
   * @param {BipartiteContent} content
   * @param {TokenPosition} token
   * @param {boolean} isPinned
   * @returns {HighlightedRow}
   */
  #highlightRow(content, token, isPinned) {
    const { axis } = token;
    const { column } = content.sides[axis];
    const weights = this.#lines.showRows(content, token);
    const { yOfRow: yOf } = content.sides[oppositeOf(axis)].column;
    const y = column.yOfToken(token.position);
    const color = content.data.subtracted ? NEUTRAL : BLUE;
    this.#zooming.mark({ y, weights: magnitudes(weights), yOf, color });
    return highlightedRow(figureRows(content, this.#axes), token, isPinned, weights);
  }

  /**
   * Scroll as little as needed to make a token's row visible.
   * @param {TokenPosition} token
   */
  #reveal({ axis, position }) {
    if (!this.#content) return;
    const { column } = this.#content.sides[axis];
    const row = rowAt(column.rows, position);
    this.#figure.reveal(column.yOfRow(row), column.rowHeight(row));
  }
}
