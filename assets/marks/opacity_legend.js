// The legend of the opacity of lines.

import { changeScaleText, weightScaleText } from "../core/text/weight_scale.js";
import { BLUE, ORANGE } from "../drawing/color.js";
import { select } from "../vendor/d3.js";

/** The colors of negative and of positive changes. */
const CHANGES = `linear-gradient(to right, ${ORANGE}, transparent, ${BLUE})`;

/**
 * Create a hidden legend; its first `show` shows it.
 * @param {HTMLElement} host
 */
export function createOpacityLegend(host) {
  const legend = select(host).append("p").attr("class", "bertviz-legend").property("hidden", true);
  const begin = legend.append("span");
  const scale = legend.append("i").attr("class", "bertviz-scale").attr("aria-hidden", "true");
  const end = legend.append("span");

  return {
    /**
     * @param {number} numHeads active heads
     * @param {boolean} [isMean] whether the lines show the mean over the heads
     * @param {boolean} [isDifference] whether the lines show how much the weights of two runs differ
     */
    show(numHeads, isMean = false, isDifference = false) {
      legend.property("hidden", false);
      begin.text(
        isDifference
          ? `${changeScaleText(numHeads, isMean)}: −1`
          : `${weightScaleText(numHeads, isMean)}: 0`,
      );
      scale.style("background", isDifference ? CHANGES : "");
      end.text(isDifference ? "+1" : "1");
    },
  };
}
