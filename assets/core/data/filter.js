// What a view shows: all weights or some of them, between tokens or between words. bertviz_space/trace/filter.py defines
// the same filter; both pass the cases of tests/fixtures/shared_cases/filters.json.

/** @typedef {import("./wire.js").Manifest} Manifest */

/**
 * What a view hides. The remaining weights keep their values, or are divided by their sum in each row.
 * The thresholds then apply to what a view draws: the weights of a head, or of the mean over heads.
 * @typedef {object} Filter
 * @property {boolean} special whether the weights on special tokens are hidden
 * @property {boolean} first whether the weights on the first token are hidden, which is often a sink
 * @property {number[]} source positions of other hidden keys among the source tokens, ascending
 * @property {number[]} target positions of other hidden keys among the target tokens, ascending
 * @property {boolean} renormalize whether the remaining weights of a row are divided by their sum
 * @property {number} minWeight weights below it are hidden, 0 to 1
 * @property {number} mass a share of each row, 0 to 1: only the largest weights that together hold it are
 *   shown, as few as possible; equal weights are shown together
 * @property {boolean} words whether the rows are words instead of tokens; the thresholds then apply to the
 *   weights between words
 */

/** @type {Filter} */
export const NOTHING_HIDDEN = Object.freeze({
  special: false,
  first: false,
  source: [],
  target: [],
  renormalize: false,
  minWeight: 0,
  mass: 1,
  words: false,
});

const SWITCHES = /** @type {const} */ (["special", "first", "renormalize", "words"]);

/** Positions in one filter: the name of a file contains them. */
export const MAX_POSITIONS = 20;

/**
 * Return a filter as links and file names spell it.
 * @param {Filter} filter
 * @returns {string} such as "special,3,t5,renormalize,min=0.05,mass=0.7"; empty if it hides nothing
 */
export function filterText(filter) {
  const { special, first, source, target, renormalize, minWeight, mass, words } = filter;
  const parts = [
    special && "special",
    first && "first",
    ...source.map(String),
    ...target.map((position) => `t${position}`),
    renormalize && "renormalize",
    minWeight > 0 && `min=${minWeight}`,
    mass < 1 && `mass=${mass}`,
    words && "words",
  ];
  return parts.filter(Boolean).join(",");
}

/**
 * Return the filter of a text.
 * @param {string} text untrusted
 * @returns {Filter | null} null if a part of the text cannot be read
 */
export function parseFilter(text) {
  const filter = { ...NOTHING_HIDDEN };
  /** @type {{source: Set<number>, target: Set<number>}} */
  const positions = { source: new Set(), target: new Set() };
  for (const part of text.split(",").map((each) => each.trim())) {
    const [, target, position] = part.match(/^(t?)(\d{1,5})$/) ?? [];
    const [, limit, value] = part.match(/^(min|mass)=(0|1|0?\.\d{1,4})$/) ?? [];
    const name = SWITCHES.find((each) => each === part);
    if (name) filter[name] = true;
    else if (position) positions[target ? "target" : "source"].add(Number(position));
    else if (limit) filter[limit === "min" ? "minWeight" : "mass"] = Number(value);
    else if (part) return null;
  }
  if (positions.source.size + positions.target.size > MAX_POSITIONS) return null;
  return { ...filter, source: ascending(positions.source), target: ascending(positions.target) };
}

/**
 * Return the part of a filter that fits the texts of a result: a link may have positions of another text.
 * @param {Filter} filter
 * @param {Pick<Manifest, "source" | "target">} manifest
 * @returns {Filter}
 */
export function fittingFilter(filter, { source, target }) {
  return {
    ...filter,
    source: filter.source.filter((position) => position < source.length),
    target: filter.target.filter((position) => position < (target?.length ?? 0)),
  };
}

/**
 * Return a filter without its positions, which belong to one text.
 * @param {Filter} filter
 * @returns {Filter}
 */
export function filterForOtherText(filter) {
  const hasPositions = filter.source.length + filter.target.length > 0;
  return hasPositions ? { ...filter, source: [], target: [] } : filter;
}

/**
 * Hide tokens, or show them if the first of them is hidden by its position.
 * @param {Filter} filter
 * @param {"source" | "target"} side
 * @param {number[]} toggled positions, at least one
 * @returns {Filter} the same filter if it would have more than MAX_POSITIONS positions
 */
export function togglePositions(filter, side, toggled) {
  const isHidden = filter[side].includes(toggled[0]);
  const others = filter[side].filter((position) => !toggled.includes(position));
  const next = {
    ...filter,
    [side]: ascending(new Set(isHidden ? others : [...others, ...toggled])),
  };
  return next.source.length + next.target.length > MAX_POSITIONS ? filter : next;
}

/**
 * @param {Set<number>} positions
 * @returns {number[]}
 */
function ascending(positions) {
  return [...positions].sort((a, b) => a - b);
}
