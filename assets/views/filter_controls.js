// The filter of a view: its menu, and the note above the figure that says what is hidden.

import { appendButton } from "../controls/button.js";
import { createFilterMenu } from "../controls/filter_menu.js";
import {
  filterText,
  fittingFilter,
  MAX_POSITIONS,
  NOTHING_HIDDEN,
  togglePositions,
} from "../core/data/filter.js";
import { tokensOfUnit } from "../core/data/units.js";
import { componentFilter } from "../core/formula/filtered_weights.js";
import { filterInWords } from "../core/text/filter_in_words.js";
import { groupedNumber } from "../core/text/number_format.js";
import { appendElement } from "../drawing/element.js";

/** @typedef {import("../core/formula/filtered_weights.js").ComponentFilter} ComponentFilter */
/** @typedef {import("../core/formula/hidden_lines.js").HiddenLines} HiddenLines */
/** @typedef {import("../core/data/filter.js").Filter} Filter */
/** @typedef {import("../core/state/highlighted_row.js").HighlightedRow} HighlightedRow */
/** @typedef {import("./view_content.js").ViewContent} ViewContent */

const NOTHING_LEFT =
  "This would hide the attention to all tokens. Show the attention to some first.";
const NO_WORDS =
  "Each word of this text is one token, so words and tokens are the same. Use another text.";
const TOO_MANY = `At most ${MAX_POSITIONS} tokens can be hidden one by one. Show one of them first.`;

/** The filter of one view. */
export class FilterControls {
  #store;
  #getContent;
  #menuHost;
  #menu;
  #note;
  #words;
  #count;
  #error;

  /**
   * @param {HTMLElement} menuHost
   * @param {HTMLElement} noteHost
   * @param {import("../core/state/selection_store.js").SelectionStore} store
   * @param {() => ViewContent | null} getContent returns null as long as there is no result
   */
  constructor(menuHost, noteHost, store, getContent) {
    this.#store = store;
    this.#getContent = getContent;
    this.#menu = createFilterMenu(menuHost, (change) => this.#change(change));
    this.#menuHost = menuHost;
    menuHost.hidden = true;
    this.#error = appendElement(noteHost, "p", "bertviz-field-error");
    this.#error.setAttribute("role", "alert");
    this.#note = appendElement(noteHost, "p", "bertviz-filter-note");
    this.#note.setAttribute("role", "status");
    const text = appendElement(this.#note, "span", "bertviz-filter-words");
    this.#words = appendElement(text, "span", "");
    text.append(" ");
    this.#count = appendElement(text, "span", "bertviz-muted");
    const showAll = appendButton(this.#note, "Show all", () => this.#change(() => NOTHING_HIDDEN));
    showAll.classList.add("bertviz-show-all");
    this.#note.hidden = true;
  }

  /**
   * Draw what is hidden.
   * @param {ViewContent} content
   */
  draw({ trace: { manifest }, selection, shownFilter }) {
    const filter = fittingFilter(selection.filter, manifest);
    const sentences = filterInWords(filter, manifest);
    const isIgnored = filterText(shownFilter) !== filterText(filter);
    this.#menuHost.hidden = false;
    this.#menu.draw(filter, manifest);
    this.#showError("");
    this.#note.hidden = sentences.length === 0;
    const words = isIgnored
      ? "The vectors are those that the model multiplies: the filter does not apply to them."
      : sentences.join(" ");
    // A screen reader would read the same note again.
    if (this.#words.textContent !== words) this.#words.textContent = words;
  }

  /**
   * @type {(hidden: HiddenLines | null, noun?: string) => void} receives null while it is unknown, and
   *   what the figure shows weights as, in the plural
   */
  showCount = (hidden, noun = "lines") => {
    this.#count.textContent = hidden ? countInWords(hidden, noun) : "";
  };

  /**
   * Return what a button about a token does: hide the attention to it, or show it again.
   * @param {HighlightedRow} row of the token
   * @returns {{text: string, run: () => void} | null} null if the token is no key, or is hidden by a rule
   */
  actionOf({ keyPositions, subject }) {
    const content = this.#getContent();
    if (keyPositions.length === 0 || !content) return null;
    const { trace, attentionPart, axes, selection, filter } = content;
    const side = trace.component(attentionPart.component).key_tokens;
    const positions = keyPositions.flatMap((unit) => {
      const [begin, end] = tokensOfUnit(axes.key, unit);
      return Array.from({ length: end - begin }, (_, at) => begin + at);
    });
    const isListed = selection.filter[side].includes(positions[0]);
    if (!isListed && keyPositions.every((unit) => filter?.hiddenUnits[unit])) return null;
    return {
      text: `${isListed ? "Show" : "Hide"} attention to ${subject}`,
      run: () => this.#change((current) => togglePositions(current, side, positions)),
    };
  }

  /** @param {(filter: Filter) => Filter} change */
  #change(change) {
    const content = this.#getContent();
    if (!content) return;
    const { trace, attentionPart, selection } = content;
    const current = fittingFilter(selection.filter, trace.manifest);
    const next = change(current);
    const { component } = attentionPart;
    const error = errorOf(current, next, componentFilter(next, trace, component));
    if (error) this.#menu.draw(current, trace.manifest);
    this.#showError(error);
    if (!error) this.#store.set({ ...selection, filter: next });
  }

  /** @param {string} text empty for none */
  #showError(text) {
    this.#error.textContent = text;
    this.#menu.showError(text);
  }
}

/**
 * Return why a change of the filter is refused.
 * @param {Filter} current
 * @param {Filter} next
 * @param {ComponentFilter | null} shown what the next filter shows
 * @returns {string} empty if it is not
 */
function errorOf(current, next, shown) {
  if (next === current) return TOO_MANY;
  if (shown?.hidden.every(Boolean)) return NOTHING_LEFT;
  const isSame = shown && [shown.queries, shown.keys].every(hasOneTokenPerUnit);
  return next.words && !current.words && isSame ? NO_WORDS : "";
}

/** @param {import("../core/data/units.js").Units} units */
function hasOneTokenPerUnit({ starts, unitOfToken }) {
  return starts.length === unitOfToken.length;
}

/**
 * @param {HiddenLines} hidden
 * @param {string} noun plural
 * @returns {string}
 */
function countInWords({ lines, hiddenLines, weight, hiddenWeight }, noun) {
  const share = weight > 0 ? Math.round((100 * hiddenWeight) / weight) : 0;
  const numbers = `${groupedNumber(hiddenLines)} of ${groupedNumber(lines)} ${noun}`;
  if (hiddenWeight === 0) return "";
  return `${numbers} are hidden, with ${share}% of the weight.`;
}
