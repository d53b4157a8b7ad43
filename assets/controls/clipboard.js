// The clipboard, which a browser may refuse.

/**
 * Copy a text to the clipboard.
 * @param {string} text
 * @param {Document & {featurePolicy?: {allowsFeature: (name: string) => boolean}}} document
 * @returns {Promise<boolean>} whether the clipboard contains the text
 */
export async function copyText(text, document) {
  // Chromium writes an error to the console if a page uses a clipboard that the page around it forbids.
  if (document.featurePolicy?.allowsFeature("clipboard-write") === false) return false;
  try {
    // A page served over plain http has no clipboard, and a browser may refuse access to it.
    await /** @type {Window} */ (document.defaultView).navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
