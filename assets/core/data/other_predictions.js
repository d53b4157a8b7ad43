// What the other run of a comparison predicts at the tokens that are aligned with those of this run.

import { textToken } from "./text_token.js";

/** @typedef {import("./prediction_changes.js").PredictionChange} PredictionChange */
/** @typedef {import("./prediction_changes.js").PredictionChanges} PredictionChanges */
/** @typedef {import("./predictions.js").Prediction} Prediction */
/** @typedef {import("./predictions.js").Predictions} Predictions */
/** @typedef {import("./trace.js").Trace} Trace */
/** @typedef {import("./wire.js").Compared} Compared */
/** @typedef {import("./wire.js").PredictionsEntry} PredictionsEntry */
/** @typedef {import("./wire.js").Token} Token */

/**
 * What the other run predicts at an aligned token.
 * @typedef {object} OtherPrediction
 * @property {number} position of the token in the other run
 * @property {Prediction} prediction
 * @property {Token | undefined} actual the token that the other text contains where the model predicts one;
 *   undefined after the last one
 * @property {PredictionChange | null} change from the other run to this run; null if it is not known
 */

/** The predictions of the other run, by positions of this run. */
export class OtherPredictions {
  #compared;
  #entry;
  #predictions;
  #changes;

  /**
   * @param {Compared} compared
   * @param {PredictionsEntry} entry of the other run
   * @param {Predictions} predictions of the other run
   * @param {PredictionChanges | null} changes null if they are not known
   */
  constructor(compared, entry, predictions, changes) {
    this.#compared = compared;
    this.#entry = entry;
    this.#predictions = predictions;
    this.#changes = changes;
  }

  /** Whether it is known how the predictions of both runs differ. */
  get hasChanges() {
    return this.#changes !== null;
  }

  /**
   * Return what the other run predicts at the token that is aligned with a token of this run.
   * @param {number} position of this run
   * @returns {OtherPrediction | null} null if no token is aligned
   */
  at(position) {
    const aligned = this.#compared[this.#entry.tokens]?.[position] ?? -1;
    if (aligned < 0) return null;
    return {
      position: aligned,
      prediction: this.#predictions.at(aligned),
      actual: textToken(this.#compared.other, this.#entry, aligned),
      change: this.#changes?.at(position) ?? null,
    };
  }
}

/**
 * Fetch what the other run predicts, and how the predictions of both runs differ.
 * @param {Trace} trace
 * @returns {Promise<OtherPredictions | null>} null for a result that is compared with none, and if the manifest
 *   says why the predictions of the other run are not known
 */
export async function readOtherPredictions(trace) {
  const { compared } = trace.manifest;
  if (!compared || !trace.other || "reason" in compared.other.predictions) return null;
  const [predictions, changes] = await Promise.all([
    trace.other.predictions(),
    trace.predictionChanges(),
  ]);
  const { predictions: entry } = compared.other;
  return predictions && new OtherPredictions(compared, entry, predictions, changes);
}
