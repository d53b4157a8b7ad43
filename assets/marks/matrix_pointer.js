// Pointer and keyboard over a matrix: the pointer points at cells, a mouse drags the matrix, the wheel with
// Ctrl zooms, and so do two fingers and the keys + and -. One finger scrolls the page or the matrix, as the
// browser does without a script.

import { onPinch, onTouchPinch } from "../controls/pinch.js";

/** @typedef {import("../drawing/plane.js").Plane} Plane */
/** @typedef {import("../drawing/plane.js").Offset} Offset */
/** @typedef {{x: number, y: number}} Point pixels from the top left corner of the plane */

/**
 * @typedef {object} MatrixPointerActions
 * @property {(point: Point | null) => void} onPoint the pointer is at a point; null if it left
 * @property {(point: Point) => void} onClick
 * @property {(offset: Offset) => void} onDrag the reader drags: scroll by this offset
 * @property {(factor: number, point: Point) => void} onZoom the reader turns the wheel with Ctrl, or pinches
 * @property {(direction: 1 | -1) => void} onKey the reader presses + or -
 */

/** Pixels that a mouse moves before a press becomes a drag. */
const MIN_DRAG = 4;

/**
 * Listen to the pointer.
 * @param {Plane} plane
 * @param {MatrixPointerActions} actions
 */
export function listenToMatrix(plane, { onPoint, onClick, onDrag, onZoom, onKey }) {
  const { svg } = plane;
  const pointOf = (/** @type {import("../controls/pinch.js").Place} */ { clientX, clientY }) => {
    const { left, top } = svg.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  };
  const drag = createDrag(plane, onDrag);

  svg.addEventListener("pointermove", (event) => {
    if (!drag.move(event)) onPoint(pointOf(event));
  });
  svg.addEventListener("pointerdown", (event) => {
    drag.begin(event);
    // A finger that taps does not move.
    onPoint(pointOf(event));
  });
  svg.addEventListener("pointerleave", ({ pointerType }) => {
    // A finger leaves when it is lifted: the note stays until the reader touches elsewhere.
    if (pointerType !== "touch") onPoint(null);
  });
  svg.addEventListener("click", (event) => {
    // A label handles its own clicks: it pins its token.
    const isLabel = /** @type {Element} */ (event.target).closest(".bertviz-token");
    if (!drag.hasMoved() && !isLabel) onClick(pointOf(event));
  });
  plane.element.addEventListener("keydown", ({ key, ctrlKey, metaKey }) => {
    // With Ctrl, the browser zooms the page.
    if (ctrlKey || metaKey) return;
    if (key === "+" || key === "=") onKey(1);
    if (key === "-") onKey(-1);
  });
  onPinch(plane.element, (factor, event) => onZoom(factor, pointOf(event)));
  onTouchPinch(plane.element, (factor, middle) => onZoom(factor, pointOf(middle)));
}

/**
 * Create the state of a drag with the mouse.
 * @param {Plane} plane
 * @param {(offset: Offset) => void} onDrag
 */
function createDrag(plane, onDrag) {
  /** @type {Point | null} where the mouse was pressed, or was at the last event of a drag */
  let last = null;
  let hasMoved = false;
  plane.svg.ownerDocument.defaultView?.addEventListener("pointerup", () => {
    last = null;
    plane.element.classList.remove("bertviz-dragged");
  });

  return {
    /** @param {PointerEvent} event */
    begin({ pointerType, button, clientX, clientY }) {
      hasMoved = false;
      const canDrag = pointerType === "mouse" && button === 0 && plane.scrolls();
      last = canDrag ? { x: clientX, y: clientY } : null;
    },
    /**
     * @param {PointerEvent} event
     * @returns {boolean} whether the reader drags
     */
    move({ clientX, clientY }) {
      if (!last) return false;
      const [dx, dy] = [clientX - last.x, clientY - last.y];
      if (!hasMoved && Math.hypot(dx, dy) < MIN_DRAG) return false;
      hasMoved = true;
      plane.element.classList.add("bertviz-dragged");
      last = { x: clientX, y: clientY };
      onDrag({ left: -dx, top: -dy });
      return true;
    },
    hasMoved: () => hasMoved,
  };
}
