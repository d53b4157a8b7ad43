// A change of scale by a pinch on a touch pad or a touch screen, or by the wheel with Ctrl.

/** A wheel event multiplies the scale by `exp(-deltaY / WHEEL_DIVISOR)`, with `deltaY` in pixels. */
const WHEEL_DIVISOR = 200;

/** @typedef {{clientX: number, clientY: number}} Place pixels of the window */

/**
 * Call a listener when the reader pinches on a touch pad or turns the wheel with Ctrl.
 * @param {HTMLElement} element
 * @param {(factor: number, event: WheelEvent) => void} listener receives the change of the scale
 */
export function onPinch(element, listener) {
  element.addEventListener(
    "wheel",
    (event) => {
      // A browser reports a pinch on a touch pad as a wheel event with Ctrl.
      if (!event.ctrlKey) return;
      event.preventDefault();
      listener(Math.exp(-event.deltaY / WHEEL_DIVISOR), event);
    },
    { passive: false },
  );
}

/**
 * Call a listener when the reader moves two fingers apart or together on an element. One finger scrolls, as
 * the browser does without a script. The element needs the style `touch-action: pan-x pan-y`, so that the
 * browser does not zoom the page.
 * @param {HTMLElement} element
 * @param {(factor: number, middle: Place) => void} listener receives the change of the scale, and the middle
 *   between the fingers
 */
export function onTouchPinch(element, listener) {
  /** Pixels between the fingers at the last event; 0 if there are not two fingers. */
  let distance = 0;
  const update = (/** @type {TouchEvent} */ { touches }) => {
    distance = touches.length === 2 ? distanceOf(touches) : 0;
  };
  for (const type of /** @type {const} */ (["touchstart", "touchend", "touchcancel"])) {
    element.addEventListener(type, update, { passive: true });
  }
  element.addEventListener(
    "touchmove",
    (event) => {
      if (distance === 0 || event.touches.length !== 2) return;
      // The browser does not scroll by two fingers. An event of a scroll that has begun is not cancelable.
      if (event.cancelable) event.preventDefault();
      const factor = distanceOf(event.touches) / distance;
      const [one, other] = event.touches;
      update(event);
      listener(factor, {
        clientX: (one.clientX + other.clientX) / 2,
        clientY: (one.clientY + other.clientY) / 2,
      });
    },
    { passive: false },
  );
}

/**
 * @param {TouchList} touches two fingers
 * @returns {number} pixels between them, at least 1
 */
function distanceOf([one, other]) {
  return Math.max(1, Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY));
}
