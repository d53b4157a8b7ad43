// What the reader has chosen: pure functions from a selection to the next one.

import { isSamePosition } from "../data/token_position.js";

/** @typedef {import("../data/token_position.js").TokenPosition} TokenPosition */

/**
 * @typedef {object} Cell
 * @property {number} layer true number
 * @property {number} head
 */

/** @typedef {"head" | "model" | "neuron"} ViewName */
/** @typedef {"category10" | "okabe-ito"} PaletteName */

/**
 * Never changed in place. A choice that a result does not have is kept: it holds again for the next
 * result that has it. Lists of layers and heads are in order; null stands for all.
 * @typedef {object} Selection
 * @property {string | null} attentionPart the label of the chosen attention part
 * @property {number} layer true number
 * @property {number} head the one head of the neuron view: the one picked last
 * @property {number[] | null} heads the active ones of the head view
 * @property {number[] | null} gridLayers the layers that the model view shows
 * @property {number[] | null} gridHeads
 * @property {Cell | null} cell the open cell of the model view
 * @property {boolean} expanded whether the neuron view shows vectors
 * @property {TokenPosition | null} pinned stays lit wherever the reader points
 * @property {PaletteName} palette
 * @property {ViewName | null} cameFrom the view that opened this one
 */

/** @type {Selection} */
export const NOTHING_CHOSEN = Object.freeze({
  attentionPart: null,
  layer: 0,
  head: 0,
  heads: null,
  gridLayers: null,
  gridHeads: null,
  cell: null,
  expanded: false,
  pinned: null,
  palette: "category10",
  cameFrom: null,
});

/**
 * What a page chooses for its reader to begin with; Gradio writes "" for what is not given.
 * @typedef {object} InitialChoices
 * @property {number | ""} [layer]
 * @property {number[] | ""} [heads]
 * @property {number[] | ""} [include_layers] that the model view shows
 * @property {number[] | ""} [include_heads]
 */

/**
 * @param {InitialChoices} start
 * @returns {Selection}
 */
export function initialSelection({ layer, heads, include_layers, include_heads }) {
  return {
    ...NOTHING_CHOSEN,
    layer: layer || 0,
    heads: heads || null,
    head: (heads || [0])[0],
    gridLayers: include_layers || null,
    gridHeads: include_heads || null,
  };
}

/**
 * The choices that a list names; all of them where it names none that there is.
 * @param {number[]} choices
 * @param {number[] | null} list
 * @returns {number[]}
 */
export function chosenOrAll(choices, list) {
  const chosen = choices.filter((choice) => list?.includes(choice));
  return chosen.length ? chosen : choices;
}

/**
 * @param {Selection} selection
 * @param {number} numHeads
 * @returns {number[]} the active heads of a layer, at least one
 */
export function activeHeads({ heads }, numHeads) {
  return chosenOrAll([...Array(numHeads).keys()], heads);
}

/**
 * Switch one head on or off; the last active head stays on.
 * @param {Selection} selection
 * @param {number} head
 * @param {number} numHeads
 * @returns {Selection}
 */
export function toggleHead(selection, head, numHeads) {
  const active = activeHeads(selection, numHeads);
  if (active.length === 1 && active[0] === head) return selection;
  const others = active.filter((each) => each !== head);
  return activate(selection, active.includes(head) ? others : [...others, head], head, numHeads);
}

/**
 * Leave one head on alone; if it is alone already, bring all back.
 * @param {Selection} selection
 * @param {number} head
 * @param {number} numHeads
 * @returns {Selection}
 */
export function soloHead(selection, head, numHeads) {
  const active = activeHeads(selection, numHeads);
  const isAlone = active.length === 1 && active[0] === head;
  return activate(selection, isAlone ? null : [head], head, numHeads);
}

/**
 * Pick the one head of the neuron view. A head that is active alone gives way to it; else it joins
 * the active ones.
 * @param {Selection} selection
 * @param {number} head
 * @param {number} numHeads
 * @returns {Selection}
 */
export function pickHead(selection, head, numHeads) {
  const active = activeHeads(selection, numHeads);
  const others = active.filter((each) => each !== head && active.length > 1);
  return activate(selection, [...others, head], head, numHeads);
}

/**
 * Open or close a cell of the model view.
 * @param {Selection} selection
 * @param {Cell} cell
 * @returns {Selection}
 */
export function toggleCell(selection, cell) {
  const { cell: open } = selection;
  const same = cell.layer === open?.layer && cell.head === open.head;
  return { ...selection, cell: same ? null : cell };
}

/**
 * Go with one head of one layer to another view: there it is on view alone.
 * @param {Selection} selection
 * @param {Cell} cell
 * @param {ViewName} from
 * @returns {Selection}
 */
export function openHead(selection, { layer, head }, from) {
  return { ...selection, layer, head, heads: [head], cameFrom: from };
}

/**
 * Pin a token, or let it go if it is the pinned one.
 * @param {Selection} selection
 * @param {TokenPosition | null} token
 * @returns {Selection}
 */
export function togglePin(selection, token) {
  return { ...selection, pinned: isSamePosition(token, selection.pinned) ? null : token };
}

/**
 * Keep what was chosen where the new choices hold it, else take the first.
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
 * @param {number[] | null} active
 * @param {number} touched the head that the reader worked on: it is the picked one if it is active
 * @param {number} numHeads
 * @returns {Selection}
 */
function activate(selection, active, touched, numHeads) {
  const heads = active && active.length < numHeads ? active.toSorted((a, b) => a - b) : null;
  const isOn = (/** @type {number} */ head) => heads === null || heads.includes(head);
  const kept = isOn(selection.head) ? selection.head : (heads?.[0] ?? 0);
  return { ...selection, heads, head: isOn(touched) ? touched : kept };
}
