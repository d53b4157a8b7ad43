// What the model predicts at each position (bertviz_space/trace/predictions.py).

/** @typedef {import("./safetensors.js").Tensor} Tensor */

/**
 * A token that the model may predict.
 * @typedef {object} PredictedToken
 * @property {string} text the token alone, decoded
 * @property {string} vocabulary its spelling in the vocabulary
 * @property {number} probability
 */

/**
 * What the model predicts at one position.
 * @typedef {object} Prediction
 * @property {PredictedToken[]} listed the most likely tokens, the most likely one first
 * @property {{rank: number, logProbability: number} | null} actual how likely the token is that the text
 *   contains: its rank, counted from 1, and the natural logarithm of its probability; null if the text
 *   contains no such token
 */

/** The predictions at all positions. */
export class Predictions {
  #tokens;
  #probabilities;
  #ranks;
  #logProbabilities;
  /** @type {[text: string, vocabulary: string][]} */
  #vocabulary;
  #numListed;

  /**
   * @param {(name: string) => Tensor} tensor returns a tensor of the file
   */
  constructor(tensor) {
    const tokens = tensor("tokens");
    this.#numListed = tokens.shape[1];
    this.#tokens = tokens.data;
    this.#probabilities = tensor("probabilities").data;
    this.#ranks = tensor("ranks").data;
    this.#logProbabilities = tensor("log_probabilities").data;
    const bytes = /** @type {Uint8Array<ArrayBuffer>} */ (tensor("vocabulary").data);
    this.#vocabulary = JSON.parse(new TextDecoder().decode(bytes));
  }

  /**
   * Return what the model predicts at a position.
   * @param {number} position
   * @returns {Prediction}
   */
  at(position) {
    const first = position * this.#numListed;
    const listed = Array.from({ length: this.#numListed }, (_, place) => {
      const [text, vocabulary] = this.#vocabulary[this.#tokens[first + place]];
      return { text, vocabulary, probability: this.#probabilities[first + place] };
    });
    const rank = this.#ranks[position];
    const logProbability = this.#logProbabilities[position];
    return { listed, actual: rank > 0 ? { rank, logProbability } : null };
  }
}
