// What the reader has chosen: pure functions from a selection to the next one.

/**
 * A token that the reader points at or has pinned.
 * @typedef {object} Hover
 * @property {"query" | "key"} axis
 * @property {number} position in the whole axis, not in the block
 */

/**
 * @typedef {object} Cell
 * @property {number} layer true number
 * @property {number} head
 */

/** @typedef {"head" | "model" | "neuron"} ViewName */
/** @typedef {import("./color.js").PaletteName} PaletteName */

/**
 * Never changed in place. A choice that a result does not have is kept: it holds again for the next
 * result that has it.
 * @typedef {object} Selection
 * @property {string | null} block the label of the chosen block
 * @property {number} layer true number
 * @property {number} head the one head of the neuron view: the one picked last
 * @property {boolean[]} heads whether each head is active in the head view
 * @property {Cell | null} cell the open cell of the model view
 * @property {boolean} expanded whether the neuron view shows vectors
 * @property {Hover | null} pinned stays lit wherever the reader points
 * @property {PaletteName} palette
 * @property {ViewName | null} cameFrom the view that opened this one
 */

/** @type {Selection} */
export const NOTHING_CHOSEN = Object.freeze({
  block: null,
  layer: 0,
  head: 0,
  heads: [],
  cell: null,
  expanded: false,
  pinned: null,
  palette: "category10",
  cameFrom: null,
});

/**
 * The heads of a layer, active or not; all are active where the selection is of another model.
 * @param {Selection} selection
 * @param {number} numHeads
 * @returns {boolean[]}
 */
export function headsOf({ heads }, numHeads) {
  return heads.length === numHeads ? heads : Array(numHeads).fill(true);
}

/**
 * Switch one head on or off; the last active head stays on.
 * @param {Selection} selection
 * @param {number} head
 * @param {number} numHeads
 * @returns {Selection}
 */
export function toggleHead(selection, head, numHeads) {
  const heads = headsOf(selection, numHeads);
  const next = heads.with(head, !heads[head]);
  return next.includes(true) ? activate(selection, next, head) : selection;
}

/**
 * Leave one head on alone; if it is alone already, bring all back.
 * @param {Selection} selection
 * @param {number} head
 * @param {number} numHeads
 * @returns {Selection}
 */
export function soloHead(selection, head, numHeads) {
  const heads = headsOf(selection, numHeads);
  const all = isAlone(heads, head);
  return activate(
    selection,
    heads.map((_, each) => all || each === head),
    head,
  );
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
  const heads = headsOf(selection, numHeads);
  const moves = isAlone(heads, heads.indexOf(true));
  const next = heads.map((active, each) => (active && !moves) || each === head);
  return activate(selection, next, head);
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
 * @param {number} numHeads
 * @param {ViewName} from
 * @returns {Selection}
 */
export function follow(selection, { layer, head }, numHeads, from) {
  const heads = Array.from({ length: numHeads }, (_, each) => each === head);
  return { ...selection, layer, head, heads, cameFrom: from };
}

/**
 * Pin a token, or let it go if it is the pinned one.
 * @param {Selection} selection
 * @param {Hover | null} token
 * @returns {Selection}
 */
export function pin(selection, token) {
  const { pinned } = selection;
  const same = token?.axis === pinned?.axis && token?.position === pinned?.position;
  return { ...selection, pinned: same ? null : token };
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
 * @param {boolean[]} heads
 * @param {number} head
 * @returns {boolean} whether no other head is active
 */
function isAlone(heads, head) {
  return heads.every((active, each) => active === (each === head));
}

/**
 * @param {Selection} selection
 * @param {boolean[]} heads
 * @param {number} touched the head that the reader worked on: it is the picked one if it is active
 * @returns {Selection}
 */
function activate(selection, heads, touched) {
  const kept = heads[selection.head] ? selection.head : heads.indexOf(true);
  return { ...selection, heads, head: heads[touched] ? touched : kept };
}
