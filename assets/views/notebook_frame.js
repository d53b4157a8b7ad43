// The frame that shows a page in a cell of a notebook. bertviz_space/notebook creates it.

/**
 * @typedef {HTMLIFrameElement & {readFile?: import("../core/data/trace.js").ReadFile}} NotebookFrame
 *   a widget sets `readFile`, because its page contains no files
 */

/** Pixels: the least height of the frame leaves room for menus, and a higher page scrolls in the frame. */
const MIN_HEIGHT = 420;
const MAX_HEIGHT = 1000;

/**
 * Return the frame around a page.
 * @param {Document} document
 * @returns {NotebookFrame | null} null for a page that is not in the output of a cell, or cannot reach it
 */
export function notebookFrame(document) {
  const frame = document.defaultView?.frameElement;
  return frame?.classList.contains("bertviz-notebook-frame")
    ? /** @type {NotebookFrame} */ (frame)
    : null;
}

/**
 * Give a frame the height of its page, and remove the picture below it, which is for places where no
 * script runs.
 * @param {NotebookFrame} frame
 * @param {HTMLElement} body
 */
export function fitFrame(frame, body) {
  const fit = () => {
    const { marginTop, marginBottom } = getComputedStyle(body);
    const height =
      body.offsetHeight + Number.parseFloat(marginTop) + Number.parseFloat(marginBottom);
    frame.style.height = `${Math.min(MAX_HEIGHT, Math.max(MIN_HEIGHT, Math.ceil(height)))}px`;
  };
  new ResizeObserver(fit).observe(body);
  frame.nextElementSibling?.remove();
}
