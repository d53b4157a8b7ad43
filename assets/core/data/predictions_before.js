// What the model predicts without the interventions of a result, and how they change it
// (bertviz_space/trace/interventions.py).

import { Predictions } from "./predictions.js";

/** @typedef {import("./safetensors.js").Tensor} Tensor */

/**
 * How the interventions change the prediction at a position.
 * @typedef {object} PredictionChange
 * @property {number} divergence the Kullback-Leibler divergence in nats, from the prediction without
 *   interventions to the one with them
 * @property {number} likeliestLogProbability the natural logarithm of the probability, with interventions, of
 *   the token that is the most likely one without them
 */

/** The predictions without interventions at all positions. */
export class PredictionsBefore extends Predictions {
  #divergences;
  #likeliest;

  /** @param {(name: string) => Tensor} tensor returns a tensor of the file */
  constructor(tensor) {
    super(tensor);
    this.#divergences = tensor("divergences").data;
    this.#likeliest = tensor("likeliest_log_probabilities").data;
  }

  /**
   * Return how the interventions change the prediction at a position.
   * @param {number} position
   * @returns {PredictionChange}
   */
  changeAt(position) {
    return {
      divergence: this.#divergences[position],
      likeliestLogProbability: this.#likeliest[position],
    };
  }
}
