// A panel that opens beside a place of a figure and stays inside it.

import { svgElement } from "../drawing/svg_element.js";

/** @typedef {import("../drawing/static_picture.js").StaticPicture} StaticPicture */

/** Pixels between the place and the panel. */
const GAP = 6;

/** Pixels of height for the title of a static picture. */
const TITLE = 28;

/**
 * A button of the panel that leads elsewhere.
 * @typedef {object} Way
 * @property {string} text
 * @property {() => void} onClick
 */

/**
 * @param {HTMLElement} host positioned; the panel lies over it
 * @param {{onClose: () => void, ways: Way[]}} actions Escape in the panel closes it too
 */
export function createPanel(host, { onClose, ways }) {
  const document = host.ownerDocument;
  const panel = document.createElement("section");
  panel.className = "bertviz-panel";
  const header = panel.appendChild(document.createElement("header"));
  const title = header.appendChild(document.createElement("h3"));
  const close = header.appendChild(document.createElement("button"));
  close.type = "button";
  close.textContent = "×";
  close.setAttribute("aria-label", "Close");
  close.addEventListener("click", onClose);
  const body = panel.appendChild(document.createElement("div"));
  body.className = "bertviz-panel-body";
  const footer = panel.appendChild(document.createElement("footer"));
  footer.hidden = ways.length === 0;
  for (const { text, onClick } of ways) {
    const way = footer.appendChild(document.createElement("button"));
    way.type = "button";
    way.className = "bertviz-button";
    way.textContent = text;
    way.addEventListener("click", onClick);
  }
  host.append(panel);
  panel.hidden = true;
  panel.addEventListener("keydown", (event) => {
    // A token in the figure lets go of a pin by the same key, and comes first.
    if (event.key === "Escape" && !event.defaultPrevented) onClose();
  });

  return {
    body,
    /** @param {string} text */
    open(text) {
      title.textContent = text;
      panel.setAttribute("aria-label", text);
      panel.hidden = false;
    },
    close() {
      panel.hidden = true;
      host.style.minHeight = "";
    },
    /**
     * @param {StaticPicture} content a picture of what is in the open panel
     * @returns {StaticPicture} with its title
     */
    staticPicture({ element, width, height }) {
      const { color, fontFamily, fontSize, fontWeight } = getComputedStyle(title);
      const font = { "font-family": fontFamily, "font-size": fontSize, "font-weight": fontWeight };
      const words = svgElement(document, "text", { x: 0, y: 16, fill: color, ...font });
      words.textContent = title.textContent;
      const moved = svgElement(document, "g", { transform: `translate(0 ${TITLE})` });
      moved.append(element);
      const all = svgElement(document, "g", {});
      all.append(words, moved);
      return { element: all, width, height: TITLE + height };
    },
    /**
     * Put the open panel beside a place: to the right where it fits, to the left where it fits, else
     * below. The host grows where the panel needs it.
     * @param {{x: number, y: number, size: number}} place
     */
    moveBeside({ x, y, size }) {
      const { offsetWidth, offsetHeight } = panel;
      const right = x + size + GAP;
      const left = x - GAP - offsetWidth;
      const fitsRight = right + offsetWidth <= host.clientWidth;
      const below = !fitsRight && left < 0;
      const under = y + size + GAP;
      host.style.minHeight = `${offsetHeight + (below ? under : 0)}px`;
      const beside = Math.max(0, Math.min(y, host.clientHeight - offsetHeight));
      panel.style.top = `${below ? under : beside}px`;
      panel.style.left = `${fitsRight ? right : Math.max(0, left)}px`;
    },
  };
}
