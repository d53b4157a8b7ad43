// The "Copy link" button, which copies the page's address.

import { showNotice } from "../controls/button.js";
import { copyText } from "../controls/clipboard.js";
import { linkButtonOf, statusRowOf } from "./elements.js";
import { createLinkDialog } from "./link_dialog.js";

const LABEL = "Copy link";

/**
 * @param {Window} window
 * @returns {{update: (request?: string | null) => void}} `update` shows the button for a new address.
 *   `request` is the query string of the result on the page, empty if it is too long for a link, null
 *   if the result comes from a reader's own file.
 */
export function createLinkButton({ document, location }) {
  const button = linkButtonOf(document);
  const dialog = createLinkDialog(document, button);
  statusRowOf(document).append(dialog.element);
  /** @type {string | null | undefined} */
  let request = "";

  const notify = (/** @type {string} */ notice) => showNotice(button, notice, LABEL);

  const copy = async () => {
    if (request === null) return notify("No link to a local file: use Save");
    if (!request) return notify("Text too long for a link");
    if (!(await copyText(location.href, document))) return dialog.open(location.href);
    dialog.close();
    notify("Copied");
  };

  button.addEventListener("click", copy);
  return {
    update(newRequest) {
      request = newRequest;
      button.classList.add("bertviz-has-link");
      dialog.update(location.href);
    },
  };
}
