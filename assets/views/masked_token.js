// What the model predicts for the pinned token when it is masked. The server runs the model when the reader
// asks for it.

import { serverAnswer } from "../core/data/server_answer.js";

/** @typedef {import("../core/data/masked_prediction.js").RequestMaskedPrediction} RequestMaskedPrediction */
/** @typedef {import("../core/data/predictions.js").Prediction} Prediction */
/** @typedef {import("../core/data/trace.js").Trace} Trace */
/** @typedef {import("../marks/prediction_section.js").MaskingContent} MaskingContent */
/** @typedef {import("../marks/prediction_section.js").PredictionTable} PredictionTable */

const BUTTON = "Mask this token";
const WAITING = "Waiting for the server …";

/**
 * @typedef {object} PinnedToken
 * @property {Trace} trace
 * @property {number} position
 * @property {boolean} isWaiting
 * @property {Prediction | string | null} answer a string says why there is no prediction; null before the
 *   server has answered
 */

/** Offers to mask the pinned token, and keeps the answer until another token is pinned. */
export class MaskedToken {
  #request;
  #onChange;
  /** @type {PinnedToken | null} */
  #pinned = null;

  /**
   * @param {RequestMaskedPrediction | undefined} request undefined without a server
   * @param {() => void} onChange the content has changed
   */
  constructor(request, onChange) {
    this.#request = request;
    this.#onChange = onChange;
  }

  /**
   * Return what the inspector says about the pinned token when it is masked.
   * @param {Trace} trace
   * @param {number} position
   * @param {(prediction: Prediction) => PredictionTable} tableOf
   * @returns {MaskingContent | null} null without a server
   */
  contentOf(trace, position, tableOf) {
    const { url } = trace;
    if (!this.#request || url === null) return null;
    if (this.#pinned?.trace !== trace || this.#pinned.position !== position) {
      this.#pinned = { trace, position, isWaiting: false, answer: null };
    }
    const { isWaiting, answer } = this.#pinned;
    if (isWaiting) return { button: WAITING, onMask: null, note: "", prediction: null };
    if (answer === null || typeof answer === "string") {
      const onMask = () => this.#ask(url);
      return { button: BUTTON, onMask, note: answer ?? "", prediction: null };
    }
    return { button: null, onMask: null, note: "", prediction: tableOf(answer) };
  }

  /** @param {string} url of the result's manifest */
  async #ask(url) {
    const [request, pinned] = [this.#request, this.#pinned];
    if (!request || !pinned) return;
    pinned.isWaiting = true;
    this.#onChange();
    pinned.answer = await serverAnswer(() => request(url, pinned.position));
    pinned.isWaiting = false;
    // The reader may have pinned another token in the meantime.
    if (pinned === this.#pinned) this.#onChange();
  }
}
