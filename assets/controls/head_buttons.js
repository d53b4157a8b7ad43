// Buttons beside the squares of the heads, which change all heads with one click.

import { appendButton } from "./button.js";
import { createRovingTabindex } from "./roving_tabindex.js";

/**
 * Create the buttons; `draw` shows what they do now.
 * @param {HTMLElement} host
 * @param {{onAll: () => void, onNone: () => void, onOne: () => void, onMean?: () => void}} actions
 *   a view that always shows the mean has no `onMean`
 */
export function createHeadButtons(host, { onAll, onNone, onOne, onMean }) {
  host.setAttribute("role", "toolbar");
  host.setAttribute("aria-label", "All heads at once");
  const all = appendButton(host, "All", onAll);
  all.title = "Switch all heads on";
  const none = appendButton(host, "None", onNone);
  none.title = "Switch all heads off";
  const one = appendButton(host, "One", onOne);
  const mean = onMean && appendButton(host, "Mean", onMean);
  if (mean)
    mean.title = "Show one line for each query and key: the mean over the heads that are on";
  createRovingTabindex(host, "button").update();

  return {
    /**
     * @param {{picked: number, isMean?: boolean}} state the head that the button One leaves on, and whether
     *   the view shows the mean
     */
    draw({ picked, isMean = false }) {
      one.title = `Leave only head ${picked} on`;
      mean?.setAttribute("aria-pressed", String(isMean));
    },
  };
}
