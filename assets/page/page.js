// The behavior of the page as a whole, which belongs to no view. Gradio calls `handle` once, when the
// page has loaded (bertviz_space/page/layout.py).

import { askForShown } from "../views/page_events.js";
import { watchPictures } from "./changed_fields.js";
import { keepPageHistory } from "./page_history.js";
import { scrollToPictures } from "./picture_scroll.js";
import { connectPopovers } from "./popovers.js";
import { addShortcuts } from "./shortcuts.js";
import { addSkipLink } from "./skip_link.js";
import { openLinkedView } from "./tabs.js";

/** @type {() => void} */
let resolveStarted;

/**
 * Resolves once the page has its behavior.
 * @type {Promise<void>}
 */
export const started = new Promise((resolve) => {
  resolveStarted = resolve;
});

/** @param {{request_names: string[]}} data the names of a request's fields in a link */
export function handle({ request_names: requestNames }) {
  addSkipLink(document);
  addShortcuts(document);
  connectPopovers(document);
  keepPageHistory(window, requestNames);
  watchPictures(document);
  scrollToPictures(document);
  // The first picture may be on the page already.
  askForShown(document);
  openLinkedView(document, new URLSearchParams(location.search));
  resolveStarted();
}
