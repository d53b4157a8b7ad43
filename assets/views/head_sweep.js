// The effects of the heads on the prediction at the pinned token. The server switches off the heads of one
// layer after the other when the reader asks for it.

import { serverAnswer } from "../core/data/server_answer.js";
import { layersToSweep } from "../core/data/sweep.js";
import { sweepProgress, sweepStopped } from "../core/text/effect_in_words.js";
import { sweepResult } from "./sweep_result.js";

/** @typedef {import("../core/data/sweep.js").LayerOfHeads} LayerOfHeads */
/** @typedef {import("../core/data/sweep.js").RequestSweep} RequestSweep */
/** @typedef {import("../core/data/sweep.js").SweptLayer} SweptLayer */
/** @typedef {import("../core/data/trace.js").Trace} Trace */
/** @typedef {import("../core/data/sweep.js").LayerEffects} LayerEffects */
/** @typedef {import("../marks/sweep_section.js").SweepContent} SweepContent */
/** @typedef {import("../marks/sweep_section.js").SweepResult} SweepResult */

const START = "Switch off each head in turn";
const STOP = "Stop";
const CONTINUE = "Continue";
const TRY_AGAIN = "Try again";

/**
 * The sweep of one prediction.
 * @typedef {object} Sweep
 * @property {Trace} trace
 * @property {string} url of the trace's manifest
 * @property {number} position of the prediction
 * @property {LayerOfHeads[]} layers in the order of the requests
 * @property {LayerEffects[]} known the first of these layers
 * @property {boolean} isAsking whether a request waits for its answer
 * @property {"ready" | "running" | "stopped" | "failed"} state
 * @property {string} error why it failed; empty if it did not
 * @property {SweepResult | null} result of the known layers
 */

/** Offers to sweep the heads for the pinned token, and keeps the effects until another token is pinned. */
export class HeadSweep {
  #request;
  #onChange;
  /** @type {Sweep | null} */
  #sweep = null;

  /**
   * @param {RequestSweep | undefined} request undefined without a server
   * @param {() => void} onChange the content has changed
   */
  constructor(request, onChange) {
    this.#request = request;
    this.#onChange = onChange;
  }

  /**
   * Forget the sweep of another result.
   * @param {Trace} trace
   */
  setTrace(trace) {
    if (this.#sweep?.trace !== trace) this.#sweep = null;
  }

  /**
   * Return what the inspector says about the effects of the heads on the prediction at the pinned token.
   * @param {Trace} trace
   * @param {number} position
   * @param {object} reader
   * @param {(token: SweptLayer) => string} reader.labelOf returns the label of the predicted token
   * @param {SweepContent["onPick"]} reader.onPick the reader picks a head
   * @returns {SweepContent | null} null without a server
   */
  contentOf(trace, position, { labelOf, onPick }) {
    const { url } = trace;
    if (!this.#request || url === null) return null;
    if (this.#sweep?.trace !== trace || this.#sweep.position !== position) {
      this.#sweep = newSweep(trace, url, position);
    }
    const sweep = this.#sweep;
    const onButton = () => {
      if (sweep.state === "running") this.#stop(sweep);
      else this.#run(sweep, labelOf);
    };
    const { result } = sweep;
    return { button: buttonOf(sweep), onButton, note: noteOf(sweep), result, onPick };
  }

  /**
   * Stop before the next layer. The effects of the layer in progress are kept if the server returns them.
   * @param {Sweep} sweep
   */
  #stop(sweep) {
    sweep.state = "stopped";
    this.#onChange();
  }

  /**
   * Ask for the layers that are not known yet, one at a time.
   * @param {Sweep} sweep
   * @param {(token: SweptLayer) => string} labelOf
   */
  async #run(sweep, labelOf) {
    const request = /** @type {RequestSweep} */ (this.#request);
    sweep.state = "running";
    sweep.error = "";
    this.#onChange();
    // The sweep goes on with the request that it had sent before the reader stopped it.
    if (sweep.isAsking) return;
    while (sweep === this.#sweep && sweep.state === "running" && !isDone(sweep)) {
      const { url, position, layers, known } = sweep;
      const { component, layer } = layers[known.length];
      sweep.isAsking = true;
      const answer = await serverAnswer(() => request({ url, position, component, layer }));
      sweep.isAsking = false;
      add(sweep, answer, labelOf);
      // The reader may have pinned another token in the meantime.
      if (sweep === this.#sweep) this.#onChange();
    }
  }
}

/**
 * Add the answer for the first layer that is not known yet.
 * @param {Sweep} sweep
 * @param {SweptLayer | string} answer a string says why there are no effects
 * @param {(token: SweptLayer) => string} labelOf
 */
function add(sweep, answer, labelOf) {
  if (typeof answer !== "string") {
    const { component, layer } = sweep.layers[sweep.known.length];
    sweep.known = [...sweep.known, { component, layer, changes: answer.changes }];
    sweep.result = sweepResult(labelOf(answer), answer.logProbability, sweep.layers, sweep.known);
  } else if (sweep.state === "running") {
    sweep.state = "failed";
    sweep.error = answer;
  }
}

/**
 * @param {Trace} trace
 * @param {string} url
 * @param {number} position
 * @returns {Sweep}
 */
function newSweep(trace, url, position) {
  const layers = layersToSweep(trace.manifest);
  const nothing = { known: [], isAsking: false, error: "", result: null };
  return { trace, url, position, layers, ...nothing, state: "ready" };
}

/**
 * @param {Sweep} sweep
 * @returns {boolean} whether all layers are known
 */
function isDone({ layers, known }) {
  return known.length === layers.length;
}

/**
 * @param {Sweep} sweep
 * @returns {string | null} null for no button
 */
function buttonOf(sweep) {
  if (isDone(sweep)) return null;
  const failed = sweep.known.length ? CONTINUE : TRY_AGAIN;
  return { ready: START, running: STOP, stopped: CONTINUE, failed }[sweep.state];
}

/**
 * @param {Sweep} sweep
 * @returns {string} empty for none
 */
function noteOf(sweep) {
  if (isDone(sweep)) return "";
  const [known, all] = [sweep.known.length, sweep.layers.length];
  return {
    ready: "",
    running: sweepProgress(known, all),
    stopped: sweepStopped(known, all),
    failed: sweep.error,
  }[sweep.state];
}
