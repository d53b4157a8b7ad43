// A panel with a title and a figure.

import { appendElement } from "../drawing/element.js";
import { svgElement } from "../drawing/svg_element.js";
import { appendButton } from "./button.js";

/** @typedef {import("../drawing/picture_theme.js").PictureTheme} PictureTheme */
/** @typedef {import("../drawing/static_picture.js").StaticPicture} StaticPicture */

/** Height of the title in a static picture, in pixels. */
const TITLE = 28;

/**
 * A button of the panel that opens another view.
 * @typedef {object} PanelLink
 * @property {string} text
 * @property {() => void} onClick
 */

/**
 * Create a closed panel.
 * @param {HTMLElement} host
 * @param {{onClose: () => void, links: PanelLink[]}} actions `onClose` is called for the close button
 *   and for Escape
 */
export function createPanel(host, { onClose, links }) {
  const { panel, title, body } = appendPanel(host, onClose, links);
  panel.hidden = true;
  panel.addEventListener("keydown", (event) => {
    // A token in the figure handles Escape first: it unpins the pinned token.
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    onClose();
  });

  return {
    body,
    /** @param {string} text the title */
    open(text) {
      title.textContent = text;
      panel.setAttribute("aria-label", text);
      panel.hidden = false;
    },
    close() {
      panel.hidden = true;
    },
    /**
     * Return a static picture of the open panel.
     * @param {StaticPicture} content a picture of the panel's body
     * @param {PictureTheme} theme
     * @returns {StaticPicture} the content under the panel's title
     */
    staticPicture: (content, theme) => withTitle(title, content, theme),
  };
}

/**
 * Append the panel's elements to the host.
 * @param {HTMLElement} host
 * @param {() => void} onClose
 * @param {PanelLink[]} links
 */
function appendPanel(host, onClose, links) {
  const panel = appendElement(host, "section", "bertviz-panel");
  const header = appendElement(panel, "header", "");
  const title = appendElement(header, "h3", "");
  appendButton(header, "×", onClose).setAttribute("aria-label", "Close");
  const body = appendElement(panel, "div", "bertviz-panel-body");
  const footer = appendElement(panel, "footer", "");
  footer.hidden = links.length === 0;
  for (const { text, onClick } of links) appendButton(footer, text, onClick);
  return { panel, title, body };
}

/**
 * Return a picture with a title above it.
 * @param {HTMLElement} title an element with the title's text and font
 * @param {StaticPicture} content
 * @param {PictureTheme} theme
 * @returns {StaticPicture}
 */
function withTitle(title, { element, width, height }, { text: fill }) {
  const document = title.ownerDocument;
  const { fontFamily, fontSize, fontWeight } = getComputedStyle(title);
  const font = { "font-family": fontFamily, "font-size": fontSize, "font-weight": fontWeight };
  const text = svgElement(document, "text", { x: 0, y: 16, fill, ...font });
  text.textContent = title.textContent;
  const moved = svgElement(document, "g", { transform: `translate(0 ${TITLE})` });
  moved.append(element);
  const all = svgElement(document, "g", {});
  all.append(text, moved);
  return { element: all, width, height: TITLE + height };
}
