// The most likely tokens of a prediction, as a table shows them.

import { weightText } from "../core/text/number_format.js";
import { labelOfPredicted } from "../core/text/predicted_token.js";
import { listedPlaceOf } from "../core/text/prediction_in_words.js";

/**
 * Return the rows of a table of a prediction.
 * @param {import("../core/data/predictions.js").Prediction} prediction
 * @param {import("../core/data/wire.js").Token | undefined} actual the token that the text contains
 * @returns {import("../marks/prediction_table.js").ListedToken[]}
 */
export function listedTokens(prediction, actual) {
  const place = listedPlaceOf(prediction, actual);
  return prediction.listed.map((token, at) => ({
    label: labelOfPredicted(token),
    spelling: token.vocabulary,
    probability: token.probability,
    number: weightText(token.probability),
    isActual: at === place,
  }));
}
