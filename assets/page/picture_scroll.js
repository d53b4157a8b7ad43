// Scrolls to the picture of a run on a page where it is too far down to be noticed, such as on a phone.

import { onShown } from "../views/page_events.js";
import { panelOf, tabOf } from "./elements.js";
import { onRun } from "./reader_runs.js";
import { onTabOpened, openViewOf } from "./tabs.js";

/** @param {Document} document */
export function scrollToPictures(document) {
  let hasPicture = false;
  let isAwaited = false;
  onRun(document, () => {
    // The run of a link makes the first picture, for which no reader pressed Run.
    isAwaited = hasPicture;
  });
  // A reader who opens a tab looks at the views already.
  onTabOpened(document, () => {
    isAwaited = false;
  });
  onShown(document, ({ origin }) => {
    if (!origin) return;
    if (isAwaited) scrollToTabs(document);
    hasPicture = true;
    isAwaited = false;
  });
}

/**
 * Scroll until the tabs are at the top of the window, if the figure begins below its middle.
 * @param {Document} document
 */
function scrollToTabs(document) {
  const view = openViewOf(document) ?? "head";
  const stage = panelOf(document, view).querySelector(".bertviz-stage");
  if (!stage || stage.getBoundingClientRect().top <= window.innerHeight / 2) return;
  tabOf(document, view).scrollIntoView({ block: "start" });
}
