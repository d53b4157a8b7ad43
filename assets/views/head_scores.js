// Fetches the scores of all heads, layer by layer, and describes them for the reader.

import {
  bestScore,
  largestScore,
  presentScores,
  rankHeads,
  scoreOf,
} from "../core/state/head_ranking.js";
import { keepChoice } from "../core/state/selection.js";
import { fixedNumber } from "../core/text/number_format.js";
import { rowsOfHeads, scoreNote, scoreTable, scoreText } from "./head_score_table.js";

/** @typedef {import("../core/data/safetensors.js").Tensor} Tensor */
/** @typedef {import("../core/state/selection.js").Cell} Cell */
/** @typedef {import("../marks/head_ranking.js").HeadRanking} HeadRanking */
/** @typedef {import("./view_content.js").ViewContent} ViewContent */

/** Number of heads in the ranking. */
const MAX_LISTED = 10;
/** Decimals of the score in the description of a cell, which a screen reader says. */
const SPOKEN_DECIMALS = 2;

/**
 * The reader's choices that concern scores.
 * @typedef {Pick<import("../core/state/selection.js").Selection, "score" | "bars">} Choice
 */

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
  #isFiltered = false;

  /** @param {() => void} onChange called when the scores of more layers are known, or of none */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  /**
   * Forget the scores of another result or of another component.
   * @param {ViewContent} content
   */
  setContent({ trace, attentionPart: { component }, filter }) {
    this.#isFiltered = filter !== null;
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
      for (const { layers } of trace.component(component).scores) {
        if (layers.every((layer) => known.has(layer))) continue;
        // One change for all layers of a file: in a large grid, each change takes several milliseconds.
        const ofLayers = await Promise.all(layers.map((layer) => trace.scores(component, layer)));
        if (this.#known !== known) return; // another result has replaced this one
        for (const [at, layer] of layers.entries()) known.set(layer, ofLayers[at]);
        this.#onChange();
      }
    } catch {
      // Without all scores the view works as well, and its next draw fetches the rest.
      if (this.#loading === known) this.#loading = null;
    }
  }

  /**
   * @param {Choice} choice
   * @param {Cell | null} open the open head
   * @returns {HeadRanking | null} null if no score is known
   */
  ranking({ score, bars }, open) {
    const known = this.#describeKnown(score);
    if (!known) return null;
    const { all, present, index, numKnown, numLayers } = known;
    const { label, meaning } = all[index];
    const progress = numKnown < numLayers ? ` ${numKnown} of ${numLayers} layers so far.` : "";
    const ranked = rankHeads(this.#known, index, MAX_LISTED);
    const own = open && this.#known.get(open.layer);
    return {
      choices: present.map((each) => all[each]),
      chosen: all[index],
      bars,
      heads: {
        title: `Heads by ${label.toLowerCase()}`,
        note: scoreNote(meaning, this.#isFiltered) + progress,
        columns: ["Layer and head", "Score"],
        rows: rowsOfHeads(ranked, scoreText),
      },
      own: open && own ? scoreTable(open, own, all, this.#isFiltered, present) : null,
    };
  }

  /**
   * @param {Choice} choice
   * @returns {import("../marks/grid_cells.js").CellScores | null} null if no score is known
   */
  ofCells({ score, bars }) {
    const known = this.#describeKnown(score);
    if (!known) return null;
    const { all, index } = known;
    const patterns = [...all.keys()].filter((each) => all[each].is_pattern);
    const max = largestScore(this.#known, index);
    return {
      describe: ({ layer, head }) => {
        const scores = this.#known.get(layer);
        const best = scores && bestScore(scores, head, patterns);
        if (!best) return "";
        return `${all[best.index].label.toLowerCase()} ${fixedNumber(best.score, SPOKEN_DECIMALS)}`;
      },
      lengthOf: bars
        ? ({ layer, head }) => {
            const scores = this.#known.get(layer);
            return scores ? scoreOf(scores, head, index) / max : Number.NaN;
          }
        : null,
    };
  }

  /**
   * @param {Choice} choice
   * @returns {import("../core/text/score_scale.js").ScoreScale | null} null if there are no bars
   */
  scale({ score, bars }) {
    const known = bars ? this.#describeKnown(score) : null;
    if (!known) return null;
    const { all, index, numKnown, numLayers } = known;
    return {
      label: all[index].label,
      max: largestScore(this.#known, index),
      numKnown,
      numLayers,
      isFiltered: this.#isFiltered,
    };
  }

  /**
   * @param {string | null} chosen the name of the score that the reader chose; null for the first score, or
   *   in a comparison for the one that compares both runs
   * @returns what is known; null if no score is
   */
  #describeKnown(chosen) {
    const present = presentScores(this.#known);
    if (!this.#trace || present.length === 0) return null;
    const all = this.#trace.manifest.scores;
    const name = chosen ?? (this.#trace.other ? "divergence" : null);
    const index = keepChoice(present, (each) => all[each].name === name);
    const numLayers = layersOf(this.#trace, this.#component).length;
    return { all, present, index, numKnown: this.#known.size, numLayers };
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
