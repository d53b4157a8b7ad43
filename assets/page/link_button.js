// The "Copy link" button, which copies a link to what the page shows.

import { showNotice } from "../controls/button.js";
import { copyText } from "../controls/clipboard.js";
import { linkButtonOf, statusRowOf } from "./elements.js";
import { createLinkDialog } from "./link_dialog.js";

const LABEL = "Copy link";

const OWN_FILE = "No link to a local file: use Save";
const TOO_LONG = "Text too long for a link";

/**
 * @param {Document} document
 * @returns {{update: (request: string | null | undefined, link: string) => void}} `update` shows the
 *   button for a new link. `request` is the query string of the result on the page, empty if it is too
 *   long for a link, null if the result comes from a reader's own file.
 */
export function createLinkButton(document) {
  const button = linkButtonOf(document);
  const dialog = createLinkDialog(document, button);
  statusRowOf(document).append(dialog.element);
  /** Why there is no link to what the page shows; empty if there is one. */
  let reason = TOO_LONG;
  let link = "";

  const notify = (/** @type {string} */ notice) => showNotice(button, notice, LABEL);

  const copy = async () => {
    if (reason) return notify(reason);
    if (!(await copyText(link, document))) return dialog.open(link);
    dialog.close();
    notify("Copied");
  };

  button.addEventListener("click", copy);
  return {
    update(request, newLink) {
      link = newLink;
      reason = request === null ? OWN_FILE : request ? "" : TOO_LONG;
      // A button that is disabled for the browser has no focus, and does not say why.
      button.setAttribute("aria-disabled", String(reason !== ""));
      button.title = reason;
      button.classList.add("bertviz-has-link");
      dialog.update(link);
    },
  };
}
