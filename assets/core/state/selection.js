// What the reader has chosen, as pure functions from a selection to the next one.

import { filterForOtherText, NOTHING_HIDDEN } from "../data/filter.js";
import { isSamePosition } from "../data/token_position.js";

/** @typedef {import("../data/token_position.js").TokenPosition} TokenPosition */
/** @typedef {import("../data/filter.js").Filter} Filter */

/**
 * A head of a layer, as a cell of the model view's grid.
 * @typedef {object} Cell
 * @property {number} layer number of the layer in the model
 * @property {number} head
 */

/** @typedef {"head" | "model" | "neuron" | "matrix"} ViewName */
/** @typedef {"alone" | "both" | "difference"} Comparison what the head view shows of two compared runs */
/** @typedef {"max" | "mean"} Pooling what a cell of the matrix view shows of several weights */
/** @typedef {"category10" | "okabe-ito" | "distinct"} PaletteName */

/**
 * The reader's choices in all views. A selection is immutable. A choice that a result does not offer
 * stays in the selection, and applies again to the next result that offers it. Lists of layers and
 * heads are ascending; null means all.
 * @typedef {object} Selection
 * @property {string | null} attentionPart the label of the chosen attention part
 * @property {number} layer number of the layer in the model
 * @property {number} head the head of the neuron view, which was chosen last
 * @property {number[] | null} heads the active heads of the head view and the matrix view; empty for none
 * @property {boolean} mean whether the head view shows the mean of the active heads
 * @property {number[] | null} gridLayers the layers that the model view shows
 * @property {number[] | null} gridHeads the heads that the model view shows
 * @property {Cell | null} cell the open cell of the model view
 * @property {boolean} expanded whether the neuron view shows vectors
 * @property {TokenPosition | null} pinned stays highlighted wherever the reader points
 * @property {PaletteName} palette
 * @property {string | null} score the name of the score by which the model view ranks the heads
 * @property {boolean} bars whether each cell of the model view shows the score of its head as a bar
 * @property {Filter} filter what all views hide
 * @property {Pooling} pooling
 * @property {boolean} predictions whether the head view shows the most likely token beside each query
 * @property {Comparison | null} comparison null for what is shown first of the result
 * @property {ViewName | null} cameFrom the view that opened this one
 */

/** @type {Selection} */
export const NOTHING_CHOSEN = Object.freeze({
  attentionPart: null,
  layer: 0,
  head: 0,
  heads: null,
  mean: false,
  gridLayers: null,
  gridHeads: null,
  cell: null,
  expanded: false,
  pinned: null,
  palette: "category10",
  score: null,
  bars: false,
  filter: NOTHING_HIDDEN,
  pooling: "max",
  predictions: false,
  comparison: null,
  cameFrom: null,
});

/**
 * The initial choices of a page, as props of a component. Gradio passes "" for a prop without a value.
 * @typedef {object} InitialChoices
 * @property {number | ""} [layer]
 * @property {number[] | ""} [heads] empty for all
 * @property {number[] | ""} [include_layers] the layers that the model view shows
 * @property {number[] | ""} [include_heads] the heads that the model view shows
 */

/**
 * Return the selection of a page that the reader has not used yet.
 * @param {InitialChoices} choices
 * @returns {Selection}
 */
export function initialSelection({ layer, heads, include_layers, include_heads }) {
  return {
    ...NOTHING_CHOSEN,
    layer: layer || 0,
    heads: heads?.length ? /** @type {number[]} */ (heads) : null,
    head: Number(heads?.[0] ?? 0),
    gridLayers: include_layers || null,
    gridHeads: include_heads || null,
  };
}

/**
 * Return the choices that a list contains, or all choices if it contains none of them.
 * @param {number[]} choices
 * @param {number[] | null} list null for all
 * @returns {number[]} in the order of the choices
 */
export function chosenOrAll(choices, list) {
  const chosen = choices.filter((choice) => list?.includes(choice));
  return chosen.length ? chosen : choices;
}

/**
 * Return the active heads of a layer.
 * @param {Selection} selection
 * @param {number} numHeads
 * @returns {number[]} ascending; empty if the reader has switched off all heads
 */
export function activeHeads({ heads }, numHeads) {
  return heads?.length === 0 ? [] : chosenOrAll([...Array(numHeads).keys()], heads);
}

/**
 * Return the head that the reader picked last if it is active, otherwise the first active head. If no
 * head is active, return the head that was picked last.
 * @param {Selection} selection
 * @param {number} numHeads
 * @returns {number}
 */
export function pickedHead(selection, numHeads) {
  const active = activeHeads(selection, numHeads);
  if (active.includes(selection.head)) return selection.head;
  return active[0] ?? Math.min(selection.head, numHeads - 1);
}

/**
 * Activate all heads.
 * @param {Selection} selection
 * @returns {Selection}
 */
export function activateAll(selection) {
  return { ...selection, heads: null };
}

/**
 * Deactivate all heads.
 * @param {Selection} selection
 * @returns {Selection} which keeps the head that was picked last
 */
export function deactivateAll(selection) {
  return { ...selection, heads: [] };
}

/**
 * Deactivate all heads but the one that the reader picked last.
 * @param {Selection} selection
 * @param {number} numHeads
 * @returns {Selection}
 */
export function leavePickedHead(selection, numHeads) {
  const head = pickedHead(selection, numHeads);
  return setActiveHeads(selection, [head], head, numHeads);
}

/**
 * Show the mean of the active heads, or each of them.
 * @param {Selection} selection
 * @returns {Selection}
 */
export function toggleMean(selection) {
  return { ...selection, mean: !selection.mean };
}

/**
 * Show the predictions beside the queries of the head view, or hide them.
 * @param {Selection} selection
 * @returns {Selection}
 */
export function togglePredictions(selection) {
  return { ...selection, predictions: !selection.predictions };
}

/**
 * Activate or deactivate a head. The last active head stays active.
 * @param {Selection} selection
 * @param {number} head
 * @param {number} numHeads
 * @returns {Selection}
 */
export function toggleHead(selection, head, numHeads) {
  const active = activeHeads(selection, numHeads);
  if (active.length === 1 && active[0] === head) return selection;
  const others = active.filter((each) => each !== head);
  const next = active.includes(head) ? others : [...others, head];
  return setActiveHeads(selection, next, head, numHeads);
}

/**
 * Deactivate all heads but one. If the head is already the only active one, activate all heads.
 * @param {Selection} selection
 * @param {number} head
 * @param {number} numHeads
 * @returns {Selection}
 */
export function soloHead(selection, head, numHeads) {
  const active = activeHeads(selection, numHeads);
  const isAlone = active.length === 1 && active[0] === head;
  return setActiveHeads(selection, isAlone ? null : [head], head, numHeads);
}

/**
 * Choose the head of the neuron view. The head replaces a head that is the only active one; otherwise
 * it is added to the active heads.
 * @param {Selection} selection
 * @param {number} head
 * @param {number} numHeads
 * @returns {Selection}
 */
export function pickHead(selection, head, numHeads) {
  const active = activeHeads(selection, numHeads);
  const others = active.filter((each) => each !== head && active.length > 1);
  return setActiveHeads(selection, [...others, head], head, numHeads);
}

/**
 * Open a cell of the model view, or close it if it is open.
 * @param {Selection} selection
 * @param {Cell} cell
 * @returns {Selection}
 */
export function toggleCell(selection, cell) {
  const { cell: open } = selection;
  const isOpen = cell.layer === open?.layer && cell.head === open.head;
  return { ...selection, cell: isOpen ? null : cell };
}

/**
 * Open a cell of the model view.
 * @param {Selection} selection
 * @param {Cell} cell
 * @returns {Selection}
 */
export function openCell(selection, cell) {
  return { ...selection, cell };
}

/**
 * Select a head alone, in any layer.
 * @param {Selection} selection
 * @param {Cell} cell
 * @returns {Selection}
 */
export function selectHead(selection, { layer, head }) {
  return { ...selection, layer, head, heads: [head] };
}

/**
 * Select a head alone, to show it in another view.
 * @param {Selection} selection
 * @param {Cell} cell
 * @param {ViewName} from the view in which the reader chose the head
 * @returns {Selection}
 */
export function openHead(selection, cell, from) {
  return { ...selectHead(selection, cell), cameFrom: from };
}

/**
 * Pin a token, or unpin it if it is pinned.
 * @param {Selection} selection
 * @param {TokenPosition | null} token null to unpin
 * @returns {Selection}
 */
export function togglePin(selection, token) {
  return { ...selection, pinned: isSamePosition(token, selection.pinned) ? null : token };
}

/**
 * Return the selection for another text, in which the positions of tokens are other words.
 * @param {Selection} selection
 * @returns {Selection} the same selection if it has no positions
 */
export function forOtherText(selection) {
  const filter = filterForOtherText(selection.filter);
  if (!selection.pinned && filter === selection.filter) return selection;
  return { ...selection, pinned: null, filter };
}

/**
 * Return the choice that was made before, or the first one if it is no longer available.
 * @template T
 * @param {T[]} choices at least one
 * @param {(choice: T) => boolean} wasChosen
 * @returns {T}
 */
export function keepChoice(choices, wasChosen) {
  return choices.find(wasChosen) ?? choices[0];
}

/**
 * @param {Selection} selection
 * @param {number[] | null} active in any order; null for all
 * @param {number} changed the head that the reader changed; if active, it is the head of the neuron view
 * @param {number} numHeads
 * @returns {Selection}
 */
function setActiveHeads(selection, active, changed, numHeads) {
  const heads = active && active.length < numHeads ? active.toSorted((a, b) => a - b) : null;
  const isActive = (/** @type {number} */ head) => heads === null || heads.includes(head);
  const previous = isActive(selection.head) ? selection.head : (heads?.[0] ?? 0);
  return { ...selection, heads, head: isActive(changed) ? changed : previous };
}
