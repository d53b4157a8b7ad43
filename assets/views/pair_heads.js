// The heads of all layers with the largest weight between two tokens: the pinned token, and a token of the
// inspector's tables.

import { createActionButtons } from "../controls/action_buttons.js";
import { bytesOfLayer } from "../core/data/layer_size.js";
import { isSamePosition } from "../core/data/token_position.js";
import { pairWeights } from "../core/formula/pair_weights.js";
import { rankHeads } from "../core/state/head_ranking.js";
import { areOfSameText } from "../core/state/same_text.js";
import { weightText } from "../core/text/number_format.js";
import { appendElement } from "../drawing/element.js";
import { startTimeSlices } from "../marks/time_slices.js";
import { createWeightTable } from "../marks/weight_table.js";
import { rowsOfHeads } from "./head_score_table.js";

/** @typedef {import("../controls/action_buttons.js").Action} Action */
/** @typedef {import("../core/data/safetensors.js").Tensor} Tensor */
/** @typedef {import("../core/state/selection.js").Cell} Cell */
/** @typedef {import("../core/state/token_pair.js").TokenPair} TokenPair */
/** @typedef {import("./view_content.js").ViewContent} ViewContent */

/** Number of heads in the list. */
const MAX_LISTED = 10;
/** Milliseconds of work between two pauses: the rest of a frame draws what the reader points at. */
const SLICE = 6;
/** Bytes of all layers, at most: 1,024 tokens of a GPT-2 have 76 MB. */
const MAX_BYTES = 96 * 2 ** 20;

const TOO_LONG = "This text is too long to compare the heads of all layers.";

/** @typedef {ReturnType<typeof import("../marks/inspector.js").createInspector>} Inspector */

/** Lists the heads for one pair of tokens, in the place of the tables of weights. */
export class PairHeads {
  #inspector;
  #interventions;
  #table;
  #back;
  #actions;
  /** @type {ViewContent | null} */
  #content = null;
  /** @type {number | null} */
  #layer = null;
  /** @type {TokenPair | null} the pair of the list */
  #pair = null;
  #listing = new AbortController();

  /**
   * @param {Inspector} inspector
   * @param {(cell: Cell) => void} onPick the reader picks a head of the list
   * @param {import("./interventions.js").Interventions | null} [interventions] cut the edge of the pair
   */
  constructor(inspector, onPick, interventions = null) {
    this.#inspector = inspector;
    this.#interventions = interventions;
    const { pairHeads } = inspector;
    pairHeads.hidden = true;
    this.#back = /** @type {HTMLButtonElement} */ (appendElement(pairHeads, "button", ""));
    this.#back.type = "button";
    this.#back.textContent = "← Weights";
    this.#back.onclick = () => this.#close();
    const actions = appendElement(pairHeads, "div", "bertviz-pair-actions");
    this.#actions = createActionButtons(actions);
    this.#table = createWeightTable(pairHeads, onPick);
    inspector.offerHeads((pair) => this.#list(pair));
  }

  /**
   * Hide the list if another token is pinned, another result or component is shown, or the filter
   * changes. Another result of the same text, such as one with interventions, changes the weights of the
   * list.
   * @param {ViewContent} content
   * @param {number | null} [layer] the layer in the view; null for none
   */
  setContent(content, layer = null) {
    const before = this.#content;
    this.#content = content;
    this.#layer = layer;
    const isSamePair =
      before !== null &&
      before.attentionPart.component === content.attentionPart.component &&
      isSamePosition(before.pinned, content.pinned) &&
      before.filter?.text === content.filter?.text;
    if (!isSamePair) this.#close();
    else if (before.trace !== content.trace) this.#listAgain(before.trace);
    this.#drawActions();
  }

  #drawActions() {
    const pair = this.#pair;
    this.#actions.show((pair && this.#interventions?.pairActions(pair, this.#layer)) ?? []);
  }

  /** @param {import("../core/data/trace.js").Trace} before the result of the list */
  #listAgain(before) {
    const after = this.#content?.trace;
    if (this.#pair && after && areOfSameText(before.manifest, after.manifest))
      this.#list(this.#pair);
    else this.#close();
  }

  #close() {
    this.#listing.abort();
    this.#pair = null;
    this.#showList(false);
  }

  /**
   * Show either the list or the tables of weights. The focus stays in what is visible.
   * @param {boolean} isShown whether the list is shown
   */
  #showList(isShown) {
    const { pairHeads, weights } = this.#inspector;
    if (pairHeads.hidden !== isShown) return;
    const [before, after] = isShown ? [weights, pairHeads] : [pairHeads, weights];
    const hadFocus = before.contains(before.ownerDocument.activeElement);
    before.hidden = true;
    after.hidden = false;
    if (hadFocus) after.querySelector("button")?.focus();
  }

  /**
   * Fetch one layer after the other, and list the heads that are known so far. The overviews would give
   * the order sooner, but their weights are rounded to 1/255 of the square root.
   * @param {TokenPair} pair
   */
  async #list(pair) {
    if (!this.#content) return;
    const { trace, attentionPart, filter } = this.#content;
    const { component } = attentionPart;
    const { layers } = trace.component(component);
    this.#listing.abort();
    this.#listing = new AbortController();
    const { signal } = this.#listing;
    /** @type {Map<number, Tensor>} */
    const known = new Map();
    const edgeOf = (/** @type {Cell} */ cell) =>
      this.#interventions?.edgeAction(pair, cell) ?? null;
    const show = (/** @type {string} */ message) =>
      this.#table.show(tableOf(pair, known, layers.length, message, edgeOf));
    const isListed = this.#pair === pair;
    this.#pair = pair;
    this.#drawActions();
    const bytes = layers.reduce((sum, entry) => sum + bytesOfLayer(trace, component, entry), 0);
    // The rows of another result stay until the first layer is known: the focus may be in them.
    if (!isListed || bytes > MAX_BYTES) show(bytes > MAX_BYTES ? TOO_LONG : "");
    this.#showList(true);
    if (bytes > MAX_BYTES) return;
    try {
      const pause = startTimeSlices(SLICE);
      for (const { layer } of layers) {
        const terms = await trace.layer(component, layer, signal);
        if (signal.aborted) return;
        known.set(layer, pairWeights(terms, pair, filter));
        show("");
        await pause();
      }
    } catch (error) {
      if (!signal.aborted) show(error instanceof Error ? error.message : String(error));
    }
  }
}

/**
 * @param {TokenPair} pair
 * @param {Map<number, Tensor>} known float32 `[head, 1]`, the weights of each known layer
 * @param {number} numLayers all layers
 * @param {string} message what went wrong; empty for nothing
 * @param {(cell: Cell) => Action | null} edgeOf returns what the reader can do to the edge in a head
 * @returns {import("../marks/weight_table.js").WeightTable<Cell>}
 */
function tableOf({ query, key, text }, known, numLayers, message, edgeOf) {
  const progress = known.size < numLayers ? `${known.size} of ${numLayers} layers so far.` : "";
  const heads = rankHeads(known, 0, MAX_LISTED).filter(({ score }) => score > 0);
  const edges = heads.map(edgeOf);
  const rows = rowsOfHeads(heads, weightText).map((row, at) => {
    const edge = edges[at];
    if (!edge) return row;
    const label = `${text} in ${row.label}`;
    return { ...row, numbers: [...row.numbers, { text: edge.text, label, onClick: edge.run }] };
  });
  return {
    title: `Heads where ${text}`,
    note: `Positions ${query} and ${key}. ${message || progress}`.trim(),
    columns: ["Layer and head", "Weight", ...(edges.some(Boolean) ? ["Edge"] : [])],
    rows,
  };
}
