// A panel that opens beside a place of a figure and stays inside it.

/** Pixels between the place and the panel. */
const GAP = 6;

/**
 * @param {HTMLElement} host positioned; the panel lies over it
 * @param {() => void} onClose
 */
export function createPanel(host, onClose) {
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
  host.append(panel);
  panel.hidden = true;

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
