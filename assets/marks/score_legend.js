// The legend of the bars in the model view's cells: which score they show, and in which range.

import { scoreScaleText } from "../core/text/score_scale.js";
import { select } from "../vendor/d3.js";

/**
 * Create a hidden legend.
 * @param {HTMLElement} host
 */
export function createScoreLegend(host) {
  const legend = select(host).append("p").attr("class", "bertviz-legend").property("hidden", true);
  legend.append("span");
  legend.append("i").attr("class", "bertviz-score-scale").attr("aria-hidden", "true");
  legend.append("span");

  return {
    /** @param {import("../core/text/score_scale.js").ScoreScale | null} scale null hides the legend */
    show(scale) {
      legend.property("hidden", scale === null);
      if (!scale) return;
      const { name, max, progress } = scoreScaleText(scale);
      legend.select("span").text(`${name}: 0`);
      legend.select("span:last-child").text(progress ? `${max} (${progress})` : max);
    },
  };
}
