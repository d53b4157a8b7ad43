// How the predictions of two compared runs differ (bertviz_space/trace/comparison.py).

/** @typedef {import("./safetensors.js").Tensor} Tensor */

/**
 * How a prediction differs from that of the other run.
 * @typedef {object} PredictionChange
 * @property {number} divergence the Kullback-Leibler divergence in nats, from the prediction of the other run
 *   to that of this run
 * @property {number} likeliestLogProbability the natural logarithm of the probability, in this run, of the
 *   token that is the most likely one in the other run
 */

/** The differences at all positions of this run. */
export class PredictionChanges {
  #divergences;
  #likeliest;

  /** @param {(name: string) => Tensor} tensor returns a tensor of the file */
  constructor(tensor) {
    this.#divergences = tensor("divergences").data;
    this.#likeliest = tensor("likeliest_log_probabilities").data;
  }

  /**
   * Return how the prediction at a position differs.
   * @param {number} position of this run
   * @returns {PredictionChange | null} null if no token of the other run is aligned
   */
  at(position) {
    const divergence = this.#divergences[position];
    if (Number.isNaN(divergence)) return null;
    return { divergence, likeliestLogProbability: this.#likeliest[position] };
  }
}
