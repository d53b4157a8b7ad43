// The "Copy link" button, which copies the page's address.

import { linkButtonOf, statusRowOf } from "./elements.js";
import { createLinkDialog } from "./link_dialog.js";

const LABEL = "Copy link";
const NOTICE_MILLISECONDS = 3000;

/**
 * @param {Window} window
 * @returns {{update: (request?: string | null) => void}} `update` shows the button for a new address.
 *   `request` is the query string of the result on the page, empty if it is too long for a link, null
 *   if the result comes from a reader's own file.
 */
export function createLinkButton({ document, location, navigator }) {
  const button = linkButtonOf(document);
  const dialog = createLinkDialog(document, button);
  statusRowOf(document).append(dialog.element);
  /** @type {string | null | undefined} */
  let request = "";

  /** @param {string} notice */
  const notify = (notice) => {
    button.textContent = notice;
    setTimeout(() => {
      button.textContent = LABEL;
    }, NOTICE_MILLISECONDS);
  };

  const copy = async () => {
    if (request === null) return notify("No link to a local file: use Save");
    if (!request) return notify("Text too long for a link");
    if (isClipboardForbidden(document)) return dialog.open(location.href);
    try {
      // A page served over plain http has no clipboard, and a browser may refuse access to it.
      await navigator.clipboard.writeText(location.href);
      dialog.close();
      notify("Copied");
    } catch {
      dialog.open(location.href);
    }
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

/**
 * Return whether the page around this one forbids the clipboard. Chromium writes an error to the
 * console if a page then tries to use the clipboard.
 * @param {Document & {featurePolicy?: {allowsFeature: (name: string) => boolean}}} document
 */
function isClipboardForbidden(document) {
  return document.featurePolicy?.allowsFeature("clipboard-write") === false;
}
