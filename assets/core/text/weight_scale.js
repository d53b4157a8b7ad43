// The names of the scale of weights and of the scale of their changes, on the page and in a saved picture.

/**
 * Return what the opacity of a line shows.
 * @param {number} numHeads heads that share the opacity of a line; 0 if no head is active
 * @param {boolean} [isMean] whether one line shows the mean of the heads
 * @returns {string}
 */
export function weightScaleText(numHeads, isMean = false) {
  if (numHeads <= 1) return "weight";
  if (isMean) return `opacity = mean weight of ${numHeads} heads`;
  return `opacity = weight ÷ ${numHeads} heads`;
}

/**
 * Return what the opacity of a line shows in a comparison.
 * @param {number} numHeads heads that share the opacity of a line; 0 if no head is active
 * @param {boolean} isMean whether one line shows the change of the mean of the heads
 * @returns {string}
 */
export function changeScaleText(numHeads, isMean) {
  if (numHeads <= 1) return "opacity = |change|";
  if (isMean) return `opacity = |change| of the mean of ${numHeads} heads`;
  return `opacity = |change| ÷ ${numHeads} heads`;
}
