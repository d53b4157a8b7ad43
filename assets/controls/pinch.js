// A change of scale by a pinch, or by the wheel with Ctrl.

/** A wheel event multiplies the scale by `exp(-deltaY / WHEEL_DIVISOR)`, with `deltaY` in pixels. */
const WHEEL_DIVISOR = 200;

/**
 * Call a listener when the reader pinches an element or turns the wheel with Ctrl.
 * @param {HTMLElement} element
 * @param {(factor: number, event: WheelEvent) => void} listener receives the change of the scale
 */
export function onPinch(element, listener) {
  element.addEventListener(
    "wheel",
    (event) => {
      // A browser reports a pinch as a wheel event with Ctrl.
      if (!event.ctrlKey) return;
      event.preventDefault();
      listener(Math.exp(-event.deltaY / WHEEL_DIVISOR), event);
    },
    { passive: false },
  );
}
