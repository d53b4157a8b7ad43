// Fetches the scores of all heads, layer by layer, and describes them for the reader.

import { presentScores, rankHeads, scoreOf } from "../core/state/head_ranking.js";
import { keepChoice } from "../core/state/selection.js";
import { fixedNumber } from "../core/text/number_format.js";

/** @typedef {import("../core/data/safetensors.js").Tensor} Tensor */
/** @typedef {import("../core/state/selection.js").Cell} Cell */
/** @typedef {import("../marks/head_ranking.js").HeadRanking} HeadRanking */
/** @typedef {import("./draw_schedule.js").ViewContent} ViewContent */

/** Number of heads in the ranking. */
const MAX_LISTED = 10;
/** Decimals of a score. */
const DECIMALS = 3;

/** The scores of the heads of one component. */
export class HeadScores {
  #onChange;
  /** @type {Map<number, Tensor>} float32 `[head, score]` by the number of the layer */
  #known = new Map();
  /** @type {Map<number, Tensor> | null} the map that is being filled */
  #loading = null;
  /** @type {import("../core/data/trace.js").Trace | null} */
  #trace = null;
  /** @type {import("../core/data/wire.js").Component} */
  #component = "self";

  /** @param {() => void} onChange called whenever the scores of more layers are known, or of none */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  /**
   * Forget the scores of another result or of another component.
   * @param {ViewContent} content
   */
  setContent({ trace, attentionPart: { component } }) {
    if (trace === this.#trace && component === this.#component) return;
    this.#trace = trace;
    this.#component = component;
    this.#known = new Map();
    this.#onChange();
  }

  /** Fetch the scores that are not known yet, unless they are being fetched. */
  async load() {
    const [trace, component, known] = [this.#trace, this.#component, this.#known];
    if (!trace || this.#loading === known) return;
    this.#loading = known;
    try {
      for (const layer of layersOf(trace, component)) {
        if (known.has(layer)) continue;
        known.set(layer, await trace.scores(component, layer));
        if (this.#known !== known) return; // another result has replaced this one
        this.#onChange();
      }
    } catch {
      // Without all scores the view works as well, and its next draw fetches the rest.
      if (this.#loading === known) this.#loading = null;
    }
  }

  /**
   * @param {string | null} chosen the name of the score that the reader chose
   * @param {Cell | null} open the open head
   * @returns {HeadRanking | null} null if no score is known
   */
  ranking(chosen, open) {
    const present = presentScores(this.#known);
    if (!this.#trace || present.length === 0) return null;
    const all = this.#trace.manifest.scores;
    const index = keepChoice(present, (each) => all[each].name === chosen);
    const { label, meaning } = all[index];
    const [numKnown, numLayers] = [this.#known.size, layersOf(this.#trace, this.#component).length];
    const progress = numKnown < numLayers ? ` ${numKnown} of ${numLayers} layers so far.` : "";
    const ranked = rankHeads(this.#known, index, MAX_LISTED);
    const own = open && this.#known.get(open.layer);
    return {
      choices: present.map((each) => all[each]),
      chosen: all[index],
      heads: {
        title: `Heads by ${label.toLowerCase()}`,
        note: meaning + progress,
        columns: ["Layer and head", "Score"],
        rows: ranked.map(({ score, ...cell }) => {
          return {
            label: `L${cell.layer}H${cell.head}`,
            numbers: [fixedNumber(score, DECIMALS)],
            target: cell,
          };
        }),
      },
      own: open && own ? tableOf(open, own, present, all) : null,
    };
  }
}

/**
 * @param {import("../core/data/trace.js").Trace} trace
 * @param {import("../core/data/wire.js").Component} component
 * @returns {number[]} the numbers of the layers
 */
function layersOf(trace, component) {
  return trace.component(component).layers.map(({ layer }) => layer);
}

/**
 * Return the table of the scores of a head.
 * @param {Cell} open
 * @param {Tensor} scores float32 `[head, score]` of its layer
 * @param {number[]} present the scores that some head has
 * @param {import("../marks/head_ranking.js").Score[]} all
 * @returns {import("../marks/head_ranking.js").HeadTable}
 */
function tableOf(open, scores, present, all) {
  return {
    title: "Scores of this head",
    note: "On this text: scores differ from text to text.",
    columns: ["Score", "", "Meaning"],
    rows: present.map((index) => ({
      label: all[index].label,
      numbers: [fixedNumber(scoreOf(scores, open.head, index), DECIMALS), all[index].meaning],
      target: null,
    })),
  };
}
