// The legend of the opacity of lines.

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
    /** @param {number} numHeads active heads, which share the opacity of a line */
    show(numHeads) {
      legend.property("hidden", false);
      const opacity = numHeads > 1 ? `weight ÷ ${numHeads} heads` : "weight";
      legend.select("span").text(`Opacity = ${opacity}: 0`);
    },
  };
}
