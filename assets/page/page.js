// The behavior of the page as a whole, which belongs to no view. Gradio calls `handle` once, when the
// page has loaded (bertviz_space/page/layout.py).

import { askForShown } from "../views/page_events.js";
import { watchPictures } from "./changed_fields.js";
import { offerToEdit } from "./edited_text.js";
import { OPENED_WITH } from "./opened_link.js";
import { keepPageHistory } from "./page_history.js";
import { PagePlace } from "./page_place.js";
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

/**
 * @param {{request_names: string[], space_url: string}} data the names of a request's fields in a link,
 *   and the URL of the Space's page on the Hub, empty if the page is no Space
 */
export function handle({ request_names: requestNames, space_url: spaceUrl }) {
  addSkipLink(document);
  addShortcuts(document);
  connectPopovers(document);
  keepPageHistory(window, requestNames, new PagePlace(window, spaceUrl, import.meta.url));
  watchPictures(document);
  scrollToPictures(document);
  offerToEdit(document);
  // The first picture may be on the page already.
  askForShown(document);
  openLinkedView(document, OPENED_WITH);
  resolveStarted();
}
