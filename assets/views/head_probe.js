// The scores of the heads on repeated random tokens, which do not depend on the reader's text. The server
// computes them when the reader asks for them.

import { hasModel, isCausal } from "../core/data/probe.js";
import { serverAnswer } from "../core/data/server_answer.js";
import { rankHeads } from "../core/state/head_ranking.js";
import { createProbeSection } from "../marks/probe_section.js";
import { rowsOfHeads, scoreText } from "./head_score_table.js";

/** @typedef {import("../core/data/probe.js").ProbeAnswer} ProbeAnswer */
/** @typedef {import("../core/data/safetensors.js").Tensor} Tensor */
/** @typedef {import("../core/state/selection.js").Cell} Cell */

/** Number of heads in each ranking. */
const MAX_LISTED = 5;

const BUTTON = "Probe with repeated random tokens";
const WHAT_IT_IS =
  "Runs the model on random tokens, repeated once, to find induction and previous-token heads whatever your text is.";
const NOT_CAUSAL =
  "Heads can be probed with repeated random tokens only in a causal model, in which no token attends to a later one.";
const WAITING = "Waiting for the server …";
const INDEPENDENT = "The scores below do not depend on your text.";

/** The scores, in the order of the server. */
const SCORES = [
  {
    label: "Induction",
    meaning: "Mean weight of a repeated token on the token after its earlier occurrence.",
  },
  { label: "Previous token", meaning: "Mean weight of a token on the token before it." },
];

/** Offers the probe of the model of a result, and lists its heads. */
export class HeadProbe {
  #request;
  #section;
  /** @type {import("../core/data/trace.js").Trace | null} */
  #trace = null;
  /** @type {string | ProbeAnswer | null} the scores, or what the button's note says */
  #answer = null;
  #isWaiting = false;

  /**
   * @param {HTMLElement} host
   * @param {import("../core/data/probe.js").RequestProbe | undefined} request undefined without a server
   * @param {(cell: Cell) => void} onPick the reader picks a head
   */
  constructor(host, request, onPick) {
    this.#request = request;
    const actions = { onProbe: () => this.#ask(), onPick };
    this.#section = createProbeSection(host, SCORES.length, actions);
  }

  /**
   * Show a result. The scores of its model are kept for another text.
   * @param {import("../core/data/trace.js").Trace} trace
   */
  setTrace(trace) {
    if (trace === this.#trace) return;
    if (!this.#trace || keyOf(trace) !== keyOf(this.#trace)) {
      this.#answer = null;
      this.#isWaiting = false;
    }
    this.#trace = trace;
    this.#show();
  }

  async #ask() {
    const [trace, request] = [this.#trace, this.#request];
    if (!trace || !request || this.#isWaiting) return;
    this.#isWaiting = true;
    this.#show();
    const answer = await serverAnswer(() => request(trace.manifest.model.model_id));
    // The reader may have run another model in the meantime.
    if (keyOf(trace) !== keyOf(/** @type {typeof trace} */ (this.#trace))) return;
    this.#isWaiting = false;
    this.#answer = answer;
    this.#show();
  }

  #show() {
    this.#section.show(this.#content());
  }

  /** @returns {import("../marks/probe_section.js").ProbeContent | null} */
  #content() {
    const { manifest } = this.#trace ?? {};
    if (!manifest || !this.#request || !hasModel(manifest)) return null;
    if (!isCausal(manifest)) return { button: null, note: NOT_CAUSAL, tables: [] };
    if (this.#isWaiting) return { button: BUTTON, note: WAITING, tables: [] };
    const answer = this.#answer;
    if (answer === null || typeof answer === "string") {
      return { button: BUTTON, note: answer ?? WHAT_IT_IS, tables: [] };
    }
    const isOther = answer.revision !== manifest.model.revision;
    const commit = isOther ? ` They are of the model's commit ${answer.revision.slice(0, 7)}.` : "";
    return { button: null, note: INDEPENDENT + commit, tables: tablesOf(answer) };
  }
}

/**
 * @param {ProbeAnswer} answer
 * @returns {import("../marks/probe_section.js").HeadTable[]}
 */
function tablesOf({ num_random, layers }) {
  const known = new Map(layers.map(({ layer, scores }) => [layer, tensorOf(scores)]));
  return SCORES.map(({ label, meaning }, index) => ({
    title: `${label} on ${num_random} random tokens, repeated once`,
    note: meaning,
    columns: ["Layer and head", "Score"],
    rows: rowsOfHeads(rankHeads(known, index, MAX_LISTED), scoreText),
  }));
}

/**
 * @param {number[][]} scores `[head][score]`
 * @returns {Tensor}
 */
function tensorOf(scores) {
  return { shape: [scores.length, SCORES.length], data: new Float32Array(scores.flat()) };
}

/**
 * @param {import("../core/data/trace.js").Trace} trace
 * @returns {string} equal for results of the same commit of a model
 */
function keyOf({ manifest: { model } }) {
  return `${model.model_id} ${model.revision}`;
}
