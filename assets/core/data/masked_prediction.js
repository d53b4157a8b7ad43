// What a model predicts for a token that is masked (bertviz_space/page/mask_function.py).

/**
 * Asks the server to mask a token of a result's text, and to run the model on it.
 * @callback RequestMaskedPrediction
 * @param {string} url of the result's manifest
 * @param {number} position of the token
 * @returns {Promise<import("./predictions.js").Prediction | string | undefined>} a string says why there is
 *   no prediction; Gradio 6.31 returns undefined for a call that fails
 */

export {};
