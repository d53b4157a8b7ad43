// The legend of the opacity of lines.

import { weightScaleText } from "../core/text/weight_scale.js";
import { select } from "../vendor/d3.js";

/**
 * Create a hidden legend; its first `show` shows it.
 * @param {HTMLElement} host
 */
export function createOpacityLegend(host) {
  const legend = select(host).append("p").attr("class", "bertviz-legend").property("hidden", true);
  legend.append("span");
  legend.append("i").attr("class", "bertviz-scale").attr("aria-hidden", "true");
  legend.append("span").text("1");

  return {
    /**
     * @param {number} numHeads active heads
     * @param {boolean} [isMean] whether the lines show the mean over the heads
     */
    show(numHeads, isMean = false) {
      legend.property("hidden", false);
      legend.select("span").text(`${weightScaleText(numHeads, isMean)}: 0`);
    },
  };
}
