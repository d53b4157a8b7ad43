// The interventions of the result in a view: the row above the figure that names them, and what the reader
// can do to heads, edges and tokens. The page runs the text again with the list that results.

import { tokensOfUnit } from "../core/data/units.js";
import {
  addIntervention,
  edgeCut,
  headOff,
  interventionsOf,
  removeInterventions,
  tokenMasked,
} from "../core/state/interventions.js";
import { createInterventionRow } from "../marks/intervention_row.js";
import { requestInterventions } from "./page_events.js";

/** @typedef {import("../controls/action_buttons.js").Action} Action */
/** @typedef {import("../core/state/highlighted_row.js").HighlightedRow} HighlightedRow */
/** @typedef {import("../core/state/selection.js").Cell} Cell */
/** @typedef {import("../core/state/token_pair.js").TokenPair} TokenPair */
/** @typedef {import("./view_content.js").ViewContent} ViewContent */

/** The interventions of one view. */
export class Interventions {
  #host;
  #row;
  #getContent;
  #canRun;

  /**
   * @param {HTMLElement} host of the view
   * @param {HTMLElement} row an empty element
   * @param {() => ViewContent | null} getContent returns what the view shows, or is about to show
   * @param {() => boolean} canRun returns whether the page can run the text of the result again
   */
  constructor(host, row, getContent, canRun) {
    this.#host = host;
    this.#getContent = getContent;
    this.#canRun = canRun;
    this.#row = createInterventionRow(row, {
      onUndo: (spelling) => this.#request(removeInterventions(this.#current(), [spelling])),
      onUndoAll: () => this.#request([]),
    });
  }

  /**
   * Name the interventions of a result.
   * @param {ViewContent} content
   */
  draw({ trace: { manifest } }) {
    this.#row.show(manifest.intervened?.interventions ?? [], this.#canRun());
  }

  /**
   * Return what the reader can do to a head.
   * @param {Cell} cell
   * @returns {Action[]}
   */
  headActions(cell) {
    const content = this.#runnable();
    if (!content) return [];
    const { component } = content.attentionPart;
    const [zero, mean] = [headOff("zero", component, cell), headOff("mean", component, cell)];
    const current = this.#current();
    if (current.includes(zero) || current.includes(mean)) {
      const run = () => this.#request(removeInterventions(current, [zero, mean]));
      return [{ text: "Switch on", run }];
    }
    return [this.#toggle(zero, "Switch off", ""), this.#toggle(mean, "Replace by mean", "")];
  }

  /**
   * Return what the reader can do to a token.
   * @param {HighlightedRow} row
   * @param {number} tokensPerRow
   * @returns {Action[]} empty for several tokens
   */
  tokenActions({ token, subject, keyPositions }, tokensPerRow) {
    const content = this.#runnable();
    if (!content || tokensPerRow > 1 || token.others) return [];
    const { trace, attentionPart } = content;
    const position = tokenOfUnit(content, token.axis, token.position);
    if (position === null) return [];
    const entry = trace.component(attentionPart.component);
    const side = token.axis === "query" ? entry.query_tokens : entry.key_tokens;
    const actions = [];
    if (keyPositions.length > 0) {
      const cut = edgeCut(attentionPart.component, { key: position });
      actions.push(this.#toggle(cut, `Cut edges to ${subject}`, `Undo cut edges to ${subject}`));
    }
    if (side === "source" && trace.manifest.mask_token) {
      const mask = tokenMasked(position);
      actions.push(this.#toggle(mask, `Mask ${subject}`, `Undo mask of ${subject}`));
    }
    return actions;
  }

  /**
   * Return what the reader can do to the edge between two tokens.
   * @param {TokenPair} pair
   * @param {number | null} layer the layer in the view; null for none
   * @returns {Action[]} empty if the pair has a word of several tokens
   */
  pairActions(pair, layer) {
    const places = [
      { text: "in all heads", place: {} },
      ...(layer === null ? [] : [{ text: `in layer ${layer}`, place: { layer } }]),
    ];
    return places.flatMap(({ text, place }) => {
      const spelling = this.#spellingOfEdge(pair, place);
      return spelling ? [this.#toggle(spelling, `Cut ${text}`, `Undo cut ${text}`)] : [];
    });
  }

  /**
   * Return what the reader can do to the edge between two tokens in one head.
   * @param {TokenPair} pair
   * @param {Cell} cell
   * @returns {Action | null} null if the pair has a word of several tokens
   */
  edgeAction(pair, cell) {
    const spelling = this.#spellingOfEdge(pair, cell);
    return spelling ? this.#toggle(spelling, "Cut", "Undo") : null;
  }

  /**
   * @param {TokenPair} pair
   * @param {Partial<Cell>} place
   * @returns {string | null}
   */
  #spellingOfEdge(pair, place) {
    const content = this.#runnable();
    if (!content) return null;
    const query = tokenOfUnit(content, "query", pair.query);
    const key = tokenOfUnit(content, "key", pair.key);
    if (query === null || key === null) return null;
    return edgeCut(content.attentionPart.component, { query, key }, place);
  }

  /** @returns {ViewContent | null} null if nothing can be run */
  #runnable() {
    return this.#canRun() ? this.#getContent() : null;
  }

  /** @returns {string[]} */
  #current() {
    const content = this.#getContent();
    return content ? interventionsOf(content.trace.manifest) : [];
  }

  /**
   * @param {string} spelling
   * @param {string} text of a button that adds the intervention
   * @param {string} undo text of a button that removes it
   * @returns {Action}
   */
  #toggle(spelling, text, undo) {
    const current = this.#current();
    return current.includes(spelling)
      ? { text: undo, run: () => this.#request(removeInterventions(current, [spelling])) }
      : { text, run: () => this.#request(addIntervention(current, spelling)) };
  }

  /** @param {string[]} interventions */
  #request(interventions) {
    requestInterventions(this.#host, interventions.join(","));
  }
}

/**
 * Return the position of the token that is a unit.
 * @param {ViewContent} content
 * @param {"query" | "key"} axis
 * @param {number} unit
 * @returns {number | null} null for a word of several tokens
 */
function tokenOfUnit({ axes }, axis, unit) {
  const [begin, end] = tokensOfUnit(axes[axis], unit);
  return end - begin === 1 ? begin : null;
}
