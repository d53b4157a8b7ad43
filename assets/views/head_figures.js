// The figures of the head view: that of this run, and beside it that of the run with which a reader compares it.
// A token that is highlighted or pinned in one figure is also highlighted in the other one.

import { alignedTokens } from "../core/data/alignment.js";
import { appendElement } from "../drawing/element.js";
import { halfWidth, sideBySide } from "../drawing/static_picture.js";
import { titledPictures } from "../drawing/titled_picture.js";
import { Bipartite } from "../marks/bipartite.js";

/** @typedef {import("../core/data/alignment.js").Alignment} Alignment */
/** @typedef {import("../core/data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("../drawing/picture_theme.js").PictureStyle} PictureStyle */
/** @typedef {import("../marks/bipartite_content.js").BipartiteData} BipartiteData */
/** @typedef {import("../marks/bipartite_options.js").BipartiteOptions} BipartiteOptions */
/** @typedef {import("../core/state/highlighted_row.js").HighlightedRow} HighlightedRow */
/** @typedef {Record<TokenPosition["axis"], Alignment>} AlignedUnits */

/**
 * @typedef {object} HeadFigureOptions
 * @property {BipartiteOptions["onPin"]} onPin the reader pins a unit of this run
 * @property {BipartiteOptions["onSelect"]} onSelect
 * @property {(row: HighlightedRow | null, numHeads: number, tokensPerRow: number, hint?: string) => void}
 *   onHighlight another row of this run is highlighted, or none; the hint says why there are no lines
 * @property {NonNullable<BipartiteOptions["onScale"]>} onScale
 */

/**
 * The figure beside that of this run.
 * @typedef {object} OtherFigure
 * @property {string} heading above it
 * @property {BipartiteData} data
 * @property {AlignedUnits} aligned the units of the other run, by those of this run
 * @property {AlignedUnits} back the units of this run, by those of the other run
 */

const OWN_HEADING = "This run";

/** One figure, or two figures with one highlight. */
export class HeadFigures {
  #options;
  #host;
  #note;
  #ownRun;
  /** The figure of this run. */
  #own;
  /** @type {ReturnType<typeof createRun> & {figure: Bipartite} | null} created when the first one is shown */
  #otherRun = null;
  /** @type {OtherFigure | null} */
  #other = null;
  #scales = { own: SHORT, other: SHORT };

  /**
   * Create the figure of this run, empty.
   * @param {HTMLElement} stage
   * @param {HeadFigureOptions} options
   */
  constructor(stage, options) {
    this.#options = options;
    this.#note = appendElement(stage, "p", "bertviz-run-note bertviz-muted");
    this.#note.setAttribute("role", "status");
    this.#host = appendElement(stage, "div", "bertviz-runs");
    this.#ownRun = createRun(this.#host);
    this.#own = new Bipartite(this.#ownRun.element, {
      onPin: options.onPin,
      onSelect: options.onSelect,
      onHighlight: (row, numHeads, tokensPerRow) => {
        const hint = (numHeads === 0 && this.#note.textContent) || undefined;
        options.onHighlight(row, numHeads, tokensPerRow, hint);
      },
      onPoint: (token) => this.other?.hover(this.#there(token)),
      onRelease: () => this.other?.hover(null),
      onZoomIn: (token) => this.goTo(token),
      onScale: (scale) => this.#setScale({ own: scale }),
    });
  }

  /**
   * Draw one figure or two.
   * @param {BipartiteData} data of this run
   * @param {TokenPosition | null} pinned unit of this run
   * @param {OtherFigure | null} other null for one figure
   * @param {string} note a sentence above the figures; empty for none
   */
  draw(data, pinned, other, note) {
    this.#note.textContent = note;
    this.#note.hidden = note === "";
    this.#showRuns(other);
    this.#own.draw(data, pinned);
    if (other) this.other?.draw(other.data, this.#there(pinned));
  }

  /** @param {TokenPosition | null} token unit of this run */
  pin(token) {
    this.#own.pin(token);
    this.other?.pin(this.#there(token));
  }

  /**
   * Scroll a token and its aligned one to the middle, and zoom in if their rows are too small to read.
   * @param {TokenPosition} token unit of this run
   */
  goTo(token) {
    this.#own.goTo(token);
    const there = this.#there(token);
    if (there) this.other?.goTo(there);
  }

  /** @param {1 | -1} direction 1 to zoom in, -1 to zoom out */
  zoom(direction) {
    for (const figure of this.#figures()) figure.zoom(direction);
  }

  showAll() {
    for (const figure of this.#figures()) figure.showAll();
  }

  resetZoom() {
    for (const figure of this.#figures()) figure.resetZoom();
  }

  /** The figure of the other run; null if it is not shown. */
  get other() {
    return this.#other && this.#otherRun ? this.#otherRun.figure : null;
  }

  /** Return the lines of each drawn head of this run, or of the mean. */
  headLines() {
    return this.#own.headLines();
  }

  /** Draw the highlight of this run again: all rows of the filter are known now. */
  redrawHighlight() {
    this.#own.redrawHighlight();
  }

  /** Resolve when all lines are painted. */
  async whenPainted() {
    await Promise.all(this.#figures().map((figure) => figure.whenPainted()));
  }

  /**
   * Return a static picture of what is drawn. Two figures are side by side, each below its heading.
   * @param {PictureStyle} style
   * @returns {import("../drawing/static_picture.js").StaticPicture}
   */
  staticPicture({ theme, width }) {
    if (!this.#other) return this.#own.staticPicture({ theme, width });
    const half = { theme, width: width && halfWidth(width) };
    const headings = [OWN_HEADING, this.#other.heading];
    const pictures = this.#figures().map((figure) => figure.staticPicture(half));
    const [left, right] = titledPictures(pictures, headings, theme);
    return sideBySide(left, right);
  }

  /** @returns {Bipartite[]} those that are shown */
  #figures() {
    return this.other ? [this.#own, this.other] : [this.#own];
  }

  /**
   * Show the elements of one run or of two, so that the figures know their widths.
   * @param {OtherFigure | null} other
   */
  #showRuns(other) {
    this.#other = other;
    this.#host.classList.toggle("bertviz-both", other !== null);
    this.#ownRun.setHeading(other ? OWN_HEADING : "");
    if (!other) {
      this.#otherRun?.setShown(false);
      this.#setScale({ other: SHORT });
      return;
    }
    this.#otherRun ??= this.#createOther();
    this.#otherRun.setShown(true);
    this.#otherRun.setHeading(other.heading);
  }

  #createOther() {
    const run = createRun(this.#host);
    const { onPin, onSelect } = this.#options;
    const figure = new Bipartite(run.element, {
      // What has no token in this run cannot be pinned: the selection is that of this run.
      onPin: (token) => onThis(onPin, token, this.#here(token)),
      onSelect: (tokens) => onThis(onSelect, tokens, this.#here(tokens)),
      onPoint: (token) => this.#own.hover(this.#here(token)),
      onRelease: () => this.#own.release(),
      onZoomIn: (token) => {
        const here = this.#here(token);
        if (here) this.#own.goTo(here);
        figure.goTo(token);
      },
      onScale: (scale) => this.#setScale({ other: scale }),
      // The inspector describes this run.
      onHighlight: () => {},
    });
    return { ...run, figure };
  }

  /**
   * @param {TokenPosition | null} token unit of this run
   * @returns {TokenPosition | null} the aligned unit of the other run
   */
  #there(token) {
    return token && this.#other && alignedTokens(token, this.#other.aligned[token.axis]);
  }

  /**
   * @param {TokenPosition | null} token unit of the other run
   * @returns {TokenPosition | null} the aligned unit of this run
   */
  #here(token) {
    return token && this.#other && alignedTokens(token, this.#other.back[token.axis]);
  }

  /** @param {{own?: Scale, other?: Scale}} changed */
  #setScale(changed) {
    this.#scales = { ...this.#scales, ...changed };
    const { own, other } = this.#scales;
    this.#options.onScale({
      isLong: own.isLong || other.isLong,
      isWhole: own.isWhole && other.isWhole,
    });
  }
}

/** @typedef {{isLong: boolean, isWhole: boolean}} Scale */

/** The scale of a figure that is not shown. */
const SHORT = { isLong: false, isWhole: true };

/**
 * Call a function with units of this run.
 * @param {(token: TokenPosition | null) => void} call
 * @param {TokenPosition | null} there units of the other run; null for none
 * @param {TokenPosition | null} here the aligned units of this run
 */
function onThis(call, there, here) {
  if (here || !there) call(here);
}

/**
 * Create the element of a run: its heading, above an empty place for its figure.
 * @param {HTMLElement} host
 */
function createRun(host) {
  const element = appendElement(host, "section", "bertviz-run");
  const heading = appendElement(element, "p", "bertviz-run-name");
  heading.hidden = true;
  return {
    element,
    /** @param {string} text empty for none */
    setHeading(text) {
      heading.textContent = text;
      heading.title = text;
      heading.hidden = text === "";
    },
    /** @param {boolean} isShown */
    setShown(isShown) {
      element.hidden = !isShown;
    },
  };
}
